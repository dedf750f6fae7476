/// Eight decimal digits of text in a word, the first in the lowest byte.
///
/// D. Lemire's paper on reading (arXiv:2101.11408, §7), and P. Khuong, "How to print integers really fast" (2017).
enum DigitRun {
    private static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// Eight bytes, each less "0".
    @inline(__always)
    static func load(_ place: UnsafePointer<UInt8>) -> UInt64 {
        unsafe UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self)) ^ zeros
    }

    /// The lowest bit of the first byte that is no digit, and any of bytes after it; 0 where all are digits.
    ///
    /// What is 10 or more has bit 7 or gets it by the sum. The sum carries into bytes behind it only.
    @inline(__always)
    static func ends(_ bytes: UInt64) -> UInt64 {
        ((bytes &+ 0x7676_7676_7676_7676) | bytes) &>> 7 & 0x0101_0101_0101_0101
    }

    /// How many digits stand before the end: 0 to 8.
    @inline(__always)
    static func count(_ ends: UInt64) -> Int {
        ends.trailingZeroBitCount &>> 3
    }

    /// The number that the first digits are; there is one at least.
    @inline(__always)
    static func value(_ bytes: UInt64, count: Int) -> UInt64 {
        value(bytes &<< UInt64(truncatingIfNeeded: 64 &- count &* 8))
    }

    /// The number that eight digits are, with zeros for what is not before the end.
    @inline(__always)
    static func value(_ bytes: UInt64, before ends: UInt64) -> UInt64 {
        value(bytes & (ends &- 1) & ~ends)
    }

    @inline(__always)
    private static func value(_ digits: UInt64) -> UInt64 {
        let pairs = digits &* 10 &+ digits &>> 8
        let odd = (pairs & 0x0000_00FF_0000_00FF) &* (1_000_000 << 32 | 100)
        let even = (pairs &>> 16 & 0x0000_00FF_0000_00FF) &* (10_000 << 32 | 1)
        return (odd &+ even) &>> 32
    }

    /// A number below 10^8 as digits, zeros in front.
    @inline(__always)
    static func bytes(_ number: UInt64) -> UInt64 {
        // Two numbers of four digits, four of two, eight of one: each quotient by a product that is exact as far as it goes.
        let fours = number / 10_000 | (number % 10_000) &<< 32
        let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007F_0000_007F
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = (twos &* 103) &>> 10 & 0x000F_000F_000F_000F
        return tens | (twos &- tens &* 10) &<< 8
    }
}
