extension DecimalScalar {
    /// The value nearest to digits · 10^exponent, ties to even, as a pattern; that of infinity where it is too large.
    ///
    /// D. Lemire, "Number Parsing at a Gigabyte per Second" (arXiv:2101.11408). That 128 bits of the power always decide is shown
    /// by N. Mushtak and D. Lemire, "Fast Number Parsing Without Fallback" (arXiv:2212.06644).
    @inline(__always)
    static func nearestPattern(_ digits: UInt64, exponent: Int) -> UInt64 {
        let fractionBits = UInt64(significandBitCount)
        if digits == 0 || exponent < decimalExponents.lowerBound { return 0 }
        if exponent > decimalExponents.upperBound { return infinity.pattern }

        let shift = digits.leadingZeroBitCount
        let normal = digits &<< UInt64(truncatingIfNeeded: shift)
        var (high, low) = normal.multipliedFullWidth(by: PowersOfTen.high(exponent))
        // The power's other half can change a bit that counts only where all those below it are set.
        let below = UInt64.max &>> (fractionBits + 3)
        if high & below == below {
            let more = normal.multipliedFullWidth(by: PowersOfTen.low(exponent)).high
            let (sum, overflow) = low.addingReportingOverflow(more)
            low = sum
            high = high &+ (overflow ? 1 : 0)
        }

        // The significand with one bit more, by which it rounds.
        let top = high &>> 63
        let drop = top &+ 61 &- fractionBits
        var significand = high &>> drop
        let biased = PowersOfTen.log2(exponent) &+ 63 &+ Int(truncatingIfNeeded: top) &- shift &+ exponentBias
        if biased <= 0 {
            // A subnormal has less bits, and its ties have more digits than these. What rounds up to the first normal number
            // is its pattern.
            if biased <= -63 { return 0 }
            significand = significand &>> UInt64(truncatingIfNeeded: 1 &- biased)
            return (significand &+ significand & 1) &>> 1
        }
        if low <= 1, significand & 3 == 1, tieExponents.contains(exponent), significand &<< drop == high {
            significand &= ~1
        }
        significand = (significand &+ significand & 1) &>> 1
        // The leading 1 is added to the exponent, as is what the rounding carries.
        return min(UInt64(truncatingIfNeeded: biased &- 1) &<< fractionBits &+ significand, infinity.pattern)
    }
}
