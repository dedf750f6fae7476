/// Writes the shortest decimal that reads back, and of these the nearest; answers how many bytes it is.
///
/// The text is Swift's `description` less a ".0" at its end. The target has room for `Scalar.longestText` bytes, all of which
/// may be written to. The value is finite.
@inline(__always)
func writeNumber<Scalar: DecimalScalar>(_ value: Scalar, to target: UnsafeMutablePointer<UInt8>) -> Int {
    let pattern = value.pattern & (Scalar.signBit - 1)
    let sign = pattern == value.pattern ? 0 : 1
    precondition(pattern < Scalar.infinity.pattern, "only a finite number has a text")
    unsafe target[0] = UInt8(ascii: "-")
    let start = unsafe target + sign
    if pattern == 0 {
        unsafe start[0] = UInt8(ascii: "0")
        return sign &+ 1
    }

    // As many digits as the type has at most, so that the first is no zero; only subnormals lack more than two.
    let tail = Scalar.maxDigits - 1
    var (digits, exponent) = Scalar.shortestDecimal(pattern)
    while digits < PowersOfTen.whole(tail - 2) {
        (digits, exponent) = (digits &* 10, exponent &- 1)
    }
    // A sum and a table, and not a branch for each digit.
    let missing = (digits < PowersOfTen.whole(tail) ? 1 : 0) &+ (digits < PowersOfTen.whole(tail - 1) ? 1 : 0)
    digits = digits &* PowersOfTen.whole(missing)
    exponent = exponent &- missing
    let bytes = Scalar.bytes(digits % PowersOfTen.whole(tail))
    let text = Decimal(
        first: UInt8(truncatingIfNeeded: digits / PowersOfTen.whole(tail)) | UInt8(ascii: "0"),
        rest: bytes | Scalar.DigitBytes.max / 0xFF &* 0x30,
        count: 1 &+ (Scalar.DigitBytes.bitWidth &+ 7 &- bytes.leadingZeroBitCount) &>> 3,
        point: exponent &+ tail &+ 1)
    let length =
        text.point < -3 || pattern > Scalar.largestPlain.pattern
        ? unsafe text.writeWithExponent(to: start) : unsafe text.writePlain(to: start)
    return sign &+ length
}

/// The digits of a number as text.
private struct Decimal<Bytes: FixedWidthInteger & BitwiseCopyable> {
    let first: UInt8
    /// Those after it, with zeros to the end.
    let rest: Bytes
    /// Digits up to the last that is no zero.
    let count: Int
    /// Digits before the point; −2 where two zeros follow it.
    let point: Int

    /// 0.00123, 123 or 12.3, with no branch for which of them; all stores end within the longest text.
    @inline(__always)
    func writePlain(to start: UnsafeMutablePointer<UInt8>) -> Int {
        let isWhole = point > 0
        let skip = isWhole ? 0 : 2 &- point
        // The point goes between the digits after the first, and those behind it move by a byte.
        let place = Bytes(truncatingIfNeeded: (point &- 1) &* 8)
        let front: Bytes = (1 &<< place) &- 1
        let dot: Bytes = 0x2E &<< place
        let split: Bytes = rest & front | dot | (rest & ~front) &<< 8
        unsafe start.store(0x3030_3030_3030_2E30 as UInt64)
        // The last digit may be pushed out of the word; where it is not, the word covers this.
        unsafe start[1 &+ Bytes.bitWidth / 8] = UInt8(truncatingIfNeeded: rest &>> Bytes(Bytes.bitWidth - 8))
        unsafe start[skip] = first
        unsafe (start + (skip &+ 1)).store(isWhole ? split : rest)
        return count > point ? count &+ (isWhole ? 1 : skip) : point
    }

    /// 1.23e-05
    @inline(__always)
    func writeWithExponent(to start: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe start[0] = first
        unsafe start[1] = UInt8(ascii: ".")
        unsafe (start + 2).store(rest)
        let length = count == 1 ? 1 : count &+ 1
        let mark = unsafe start + length
        let power = point &- 1
        let size = UInt32(truncatingIfNeeded: power.magnitude)
        let hundreds = size / 100
        let third = hundreds == 0 ? 0 : 1
        unsafe mark[0] = UInt8(ascii: "e")
        unsafe mark[1] = power < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
        unsafe mark[2] = UInt8(truncatingIfNeeded: hundreds) | 0x30
        unsafe mark[2 &+ third] = UInt8(truncatingIfNeeded: size / 10 % 10) | 0x30
        unsafe mark[3 &+ third] = UInt8(truncatingIfNeeded: size % 10) | 0x30
        return length &+ 4 &+ third
    }
}

extension UnsafeMutablePointer<UInt8> {
    /// The lowest byte first.
    @inline(__always)
    fileprivate func store<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word) {
        unsafe UnsafeMutableRawPointer(self).storeBytes(of: word.littleEndian, as: Word.self)
    }
}
