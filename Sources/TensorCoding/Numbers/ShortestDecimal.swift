extension DecimalScalar {
    /// The shortest decimal digits · 10^exponent that reads back as the value of this pattern, positive and finite, and of
    /// these the nearest; zeros may end the digits.
    ///
    /// R. Giulietti, "The Schubfach Way to Render Doubles" (2021), with A. Bolz's names and constants
    /// (github.com/abolz/Drachennest).
    @inline(__always)
    static func shortestDecimal(_ pattern: UInt64) -> (digits: UInt64, exponent: Int) {
        let fraction = pattern & (1 &<< UInt64(significandBitCount) &- 1)
        let biased = Int(truncatingIfNeeded: pattern &>> UInt64(significandBitCount))
        if fraction == 0 { return shortestDecimal(ofPowerOfTwo: biased) }
        return shortestDecimal(biased, fraction, isUneven: false)
    }

    /// Below a power of two the neighbour is nearer, but for the smallest normal number.
    @inline(never)
    private static func shortestDecimal(ofPowerOfTwo biased: Int) -> (digits: UInt64, exponent: Int) {
        shortestDecimal(biased, 0, isUneven: biased > 1)
    }

    @inline(__always)
    private static func shortestDecimal(
        _ biased: Int, _ fraction: UInt64, isUneven: Bool
    ) -> (digits: UInt64, exponent: Int) {
        // The value is significand · 2^binary.
        let isNormal = biased != 0
        let significand = isNormal ? fraction | 1 &<< UInt64(significandBitCount) : fraction
        let binary = (isNormal ? biased : 1) &- exponentBias &- significandBitCount

        // ⌊log₁₀ 2^binary⌋, or of ¾ · 2^binary: the interval holds a multiple of 10^exponent.
        let exponent = (binary &* 1_262_611 &- (isUneven ? 524_031 : 0)) &>> 22
        let scale = UInt64(truncatingIfNeeded: binary &+ PowersOfTen.log2(0 &- exponent) &+ 1)
        // The value and its interval in quarters of 10^exponent; the ends belong to it where the significand is even.
        let quarters = significand &* 4
        let open = significand & 1
        let value = scaled(quarters, scale, 0 &- exponent)
        let lower = scaled(quarters &- (isUneven ? 1 : 2), scale, 0 &- exponent) &+ open
        let upper = scaled(quarters &+ 2, scale, 0 &- exponent) &- open

        // With a digit less, there is one in the interval at most.
        let digits = value &>> 2
        let shorter = digits / 10
        let isIn = lower <= shorter &* 40
        let nextIsIn = shorter &* 40 &+ 40 <= upper
        let short = (shorter &+ (nextIsIn ? 1 : 0)) &* 10
        // Otherwise the nearest, ties to even; rounding to odd has left two bits that decide. Only an uneven interval can
        // exclude it, and then on the near side.
        let nearest = (value &+ 1 &+ digits & 1) &>> 2
        let long = isUneven && digits &* 4 < lower ? digits &+ 1 : nearest
        return (digits >= 10 && isIn != nextIsIn ? short : long, exponent)
    }
}
