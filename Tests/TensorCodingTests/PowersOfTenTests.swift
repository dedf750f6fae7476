import Testing

@testable import TensorCoding

@Suite struct PowersOfTenTests {
    @Test func `positive powers are the first 128 bits of theirs`() {
        // The lowest limb first; 10^q and 5^q have the same bits.
        var limbs: [UInt64] = [1]
        for exponent in 0...324 {
            expect(exponent, firstBits(of: limbs))
            var carry: UInt64 = 0
            for place in limbs.indices {
                let product = UInt128(limbs[place]) * 5 + UInt128(carry)
                (limbs[place], carry) = (product._low, product._high)
            }
            if carry > 0 { limbs.append(carry) }
        }
    }

    @Test func `negative powers are the first 128 bits of theirs, and one more`() {
        // A quotient rounded down, divided and rounded down, is that of both divisions; 5^342 leaves more than 128 bits of 2^1024.
        var limbs: [UInt64] = Array(repeating: 0, count: 16) + [1]
        for exponent in 1...342 {
            var remainder: UInt64 = 0
            for place in limbs.indices.reversed() {
                (limbs[place], remainder) = UInt64(5).dividingFullWidth((remainder, limbs[place]))
            }
            expect(-exponent, firstBits(of: limbs) + 1)
        }
    }

    @Test func `the logarithm is that of the power`() {
        for exponent in 0...300 {
            #expect(PowersOfTen.log2(exponent) == Int(Double("1e\(exponent)").map { $0.exponent } ?? 0))
            // 10^−q is no power of two but for q = 0.
            if exponent > 0 { #expect(PowersOfTen.log2(-exponent) == -PowersOfTen.log2(exponent) - 1) }
        }
        for exponent in 0...19 { #expect(String(PowersOfTen.whole(exponent)).utf8.count == exponent + 1) }
    }

    private func expect(_ exponent: Int, _ bits: UInt128) {
        #expect(PowersOfTen.high(exponent) == bits._high, "10^\(exponent)")
        #expect(PowersOfTen.low(exponent) == bits._low, "10^\(exponent)")
    }

    private func firstBits(of limbs: [UInt64]) -> UInt128 {
        let first = limbs.lastIndex { $0 > 0 } ?? 0
        let shift = limbs[first].leadingZeroBitCount
        let three = (0..<3).map { first >= $0 ? limbs[first - $0] : 0 }
        let two = UInt128(three[0]) << 64 | UInt128(three[1])
        return two << UInt128(shift) | UInt128(three[2]) >> UInt128(64 - shift)
    }
}
