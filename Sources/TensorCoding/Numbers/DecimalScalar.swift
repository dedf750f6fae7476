import Glibc
import PositionalEncoding

/// What reading and writing decimal text has to know of a type: `Float` and `Double`.
protocol DecimalScalar: TensorScalar {
    /// The digits of a number but the first, one a byte, the first of them in the lowest byte.
    associatedtype DigitBytes: FixedWidthInteger & UnsignedInteger & BitwiseCopyable

    /// Bytes of the longest text that is written.
    static var longestText: Int { get }
    /// Decimal digits that tell each value from its neighbours.
    static var maxDigits: Int { get }
    /// The largest value that is written without an exponent: up to it every whole number is one of the type.
    static var largestPlain: Self { get }
    /// Exponents of ten beyond which 64 bits of digits are always zero or always too much.
    static var decimalExponents: ClosedRange<Int> { get }
    /// Exponents of ten with which 64 bits of digits can be the middle of two neighbours.
    static var tieExponents: ClosedRange<Int> { get }

    /// The bits of the value, as a number.
    var pattern: UInt64 { get }
    init(pattern: UInt64)

    /// A number below 10^(maxDigits − 1) as digits, zeros in front.
    static func bytes(_ number: UInt64) -> DigitBytes
    /// number · 2^scale · the bits of 10^exponent, rounded up, without as many bits at its end; rounded to odd by these.
    static func scaled(_ number: UInt64, _ scale: UInt64, _ exponent: Int) -> UInt64
    /// Writes numbers with a comma after each, as many as it knows a faster way for; each has room for `longestText` and a comma.
    static func writeRun(
        _ numbers: UnsafeBufferPointer<Self>, to target: UnsafeMutablePointer<UInt8>
    ) -> FloatKernels.Run
    /// What libc reads.
    static func readByLibc(_ text: UnsafePointer<CChar>) -> Self
}

extension DecimalScalar {
    @inline(__always)
    static var signBit: UInt64 { 1 &<< UInt64(significandBitCount + exponentBitCount) }
    @inline(__always)
    static var exponentBias: Int { 1 &<< (exponentBitCount - 1) &- 1 }
}

extension Float: DecimalScalar {
    typealias DigitBytes = UInt64

    /// A sign, 9 digits and a point, and `e-38` after or `0.000` before them: `-1.00000075e-36`.
    static var longestText: Int { 15 }
    static var maxDigits: Int { 9 }
    static var largestPlain: Float { 16_777_216 }
    static var decimalExponents: ClosedRange<Int> { -65...38 }
    static var tieExponents: ClosedRange<Int> { -17...10 }

    var pattern: UInt64 { UInt64(bitPattern) }
    init(pattern: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: pattern)) }

    @inline(__always)
    static func bytes(_ number: UInt64) -> UInt64 { DigitRun.bytes(number) }

    @inline(__always)
    static func scaled(_ number: UInt64, _ scale: UInt64, _ exponent: Int) -> UInt64 {
        // The number has 32 bits, so 64 bits of the power are enough.
        let product = (number &<< scale).multipliedFullWidth(by: PowersOfTen.high(exponent) &+ 1)
        return product.high | (product.low &>> 32 > 1 ? 1 : 0)
    }

    @inline(__always)
    static func writeRun(
        _ numbers: UnsafeBufferPointer<Float>, to target: UnsafeMutablePointer<UInt8>
    ) -> FloatKernels.Run {
        unsafe FloatKernels.write(numbers, to: target)
    }

    static func readByLibc(_ text: UnsafePointer<CChar>) -> Float { unsafe strtof(text, nil) }
}

extension Double: DecimalScalar {
    typealias DigitBytes = UInt128

    /// `-2.2250738585072014e-308`
    static var longestText: Int { 24 }
    static var maxDigits: Int { 17 }
    static var largestPlain: Double { 9_007_199_254_740_992 }
    static var decimalExponents: ClosedRange<Int> { -342...308 }
    static var tieExponents: ClosedRange<Int> { -4...23 }

    var pattern: UInt64 { bitPattern }
    init(pattern: UInt64) { self.init(bitPattern: pattern) }

    @inline(__always)
    static func bytes(_ number: UInt64) -> UInt128 {
        UInt128(_low: DigitRun.bytes(number / 100_000_000), _high: DigitRun.bytes(number % 100_000_000))
    }

    @inline(__always)
    static func scaled(_ number: UInt64, _ scale: UInt64, _ exponent: Int) -> UInt64 {
        let number = number &<< scale
        // The table has rounded up the negative ones.
        let carry = number.multipliedFullWidth(by: PowersOfTen.low(exponent) &+ (exponent < 0 ? 0 : 1)).high
        let product = number.multipliedFullWidth(by: PowersOfTen.high(exponent))
        let (low, overflow) = product.low.addingReportingOverflow(carry)
        return product.high &+ (overflow ? 1 : 0) | (low > 1 ? 1 : 0)
    }

    @inline(__always)
    static func writeRun(
        _ numbers: UnsafeBufferPointer<Double>, to target: UnsafeMutablePointer<UInt8>
    ) -> FloatKernels.Run {
        FloatKernels.Run(count: 0, length: 0)
    }

    static func readByLibc(_ text: UnsafePointer<CChar>) -> Double { unsafe strtod(text, nil) }
}
