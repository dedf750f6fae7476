import TestSupport
import Testing

@testable import TensorCoding

/// Every half, and what float32 rounds to.
@Suite struct HalfPrecisionTests {
    /// A format by its digits, from its definition, in float64, which holds all of it exactly.
    struct Twin {
        let exponentBits: Int
        let digits: Int

        private var bias: Int { (1 << (exponentBits - 1)) - 1 }

        func value(_ half: UInt16) -> Double {
            let exponent = Int(half >> UInt16(digits)) & (1 << exponentBits - 1)
            let digit = Double(Int(half) & (1 << digits - 1))
            let sign = half & 0x8000 == 0 ? 1.0 : -1
            let one = Double(1 << digits)
            if exponent == 1 << exponentBits - 1 { return digit == 0 ? sign * .infinity : .nan }
            let scale = Double(sign: .plus, exponent: max(exponent, 1) - bias, significand: 1)
            return sign * scale * (exponent == 0 ? digit / one : 1 + digit / one)
        }

        /// Of the two neighbours the nearer, of two as near the even one; infinity's place is where the next number would be.
        func nearest(_ number: Float) -> UInt16 {
            let sign: UInt16 = number.sign == .minus ? 0x8000 : 0
            let magnitude = Double(number.magnitude)
            let infinity = UInt16((1 << exponentBits - 1) << digits)
            func place(_ half: UInt16) -> Double {
                half == infinity ? Double(sign: .plus, exponent: bias + 1, significand: 1) : value(half)
            }
            if magnitude >= place(infinity) { return sign | infinity }
            var (low, high): (UInt16, UInt16) = (0, infinity)
            while high - low > 1 {
                let middle = (low + high) / 2
                if place(middle) <= magnitude { low = middle } else { high = middle }
            }
            let (down, up) = (magnitude - place(low), place(high) - magnitude)
            let isUp = up < down || (up == down && high.isMultiple(of: 2))
            return sign | (isUp ? high : low)
        }
    }

    private static let float16 = Twin(exponentBits: 5, digits: 10)
    private static let bfloat16 = Twin(exponentBits: 8, digits: 7)

    @Test func `every half is the number that its definition says, and comes back bit for bit`() {
        for half in UInt16.min ... .max {
            let float = HalfPrecision.float(fromFloat16: half)
            let expected = Self.float16.value(half)
            #expect(
                expected.isNaN ? float.isNaN : Double(float) == expected && (float.sign == .minus) == (half >= 0x8000))
            #expect(HalfPrecision.float16(float) == half)
            let brain = HalfPrecision.float(fromBFloat16: half)
            let wide = Self.bfloat16.value(half)
            #expect(wide.isNaN ? brain.isNaN : Double(brain) == wide && (brain.sign == .minus) == (half >= 0x8000))
            #expect(HalfPrecision.bfloat16(brain) == half)
        }
    }

    @Test func `float32 is rounded to the nearest half, of two to the even one`() {
        for number in Self.numbers {
            #expect(HalfPrecision.float16(number) == Self.float16.nearest(number), "\(number.bitPattern)")
            #expect(HalfPrecision.bfloat16(number) == Self.bfloat16.nearest(number), "\(number.bitPattern)")
        }
    }

    /// Random bits, and all places where rounding turns: halfway between neighbours of either format, and next to that.
    private static let numbers: [Float] = {
        var random = SplitMix64(seed: 16)
        var numbers = (0..<200_000).map { _ in Float(bitPattern: .random(in: 0 ... .max, using: &random)) }
        for _ in 0..<100_000 {
            // Where float16 has digits.
            numbers.append(Float(bitPattern: .random(in: 0x3200_0000...0x4800_0000, using: &random)))
        }
        for half in UInt16(0)..<0x7C00 {
            let value = float16.value(half)
            let middle = Float((value + (half == 0x7BFF ? 65_536 : float16.value(half + 1))) / 2)
            numbers += [middle, middle.nextUp, middle.nextDown, -middle, Float(value).nextUp, Float(value).nextDown]
        }
        for half in UInt32(0)..<0x7F80 {
            let middle = half << 16 | 0x8000
            numbers += [middle, middle + 1, middle - 1, middle | 0x8000_0000].map { Float(bitPattern: $0) }
        }
        numbers += [
            0, -0.0, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 65_519.996, 65_520,
        ]
        return numbers.filter { !$0.isNaN }
    }()

    @Test func `no number stays none, whatever bits say so`() {
        var random = SplitMix64(seed: 17)
        let payloads: [UInt32] = [1, 0x1000, 0x1FFF, 0x2000, 0x8000, 0xFFFF, 0x10000, 0x3F_FFFF, 0x40_0000, 0x7F_FFFF]
        for payload in payloads + (0..<10_000).map({ _ in UInt32.random(in: 1...0x7F_FFFF, using: &random) }) {
            for sign in [UInt32(0), 0x8000_0000] {
                let nan = Float(bitPattern: sign | 0x7F80_0000 | payload)
                let (half, brain) = (HalfPrecision.float16(nan), HalfPrecision.bfloat16(nan))
                #expect(Self.float16.value(half).isNaN && (half >= 0x8000) == (sign != 0))
                #expect(Self.bfloat16.value(brain).isNaN && (brain >= 0x8000) == (sign != 0))
            }
        }
    }
}
