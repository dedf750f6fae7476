/// LongRoPE: each frequency divided by a factor of its own, found by search, from one list up to the original length and from
/// another past it.
///
/// Y. Ding et al., "LongRoPE: Extending LLM Context Window Beyond 2 Million Tokens", arXiv:2402.13753, as Hugging Face has it:
/// the longer list counts where the length is strictly greater.
package struct LongRopeScaling: LadderScaling {
    package let shortFactors: [Double]
    package let longFactors: [Double]
    /// L₀
    package let originalLength: Double
    /// How much longer the extended context is.
    package let factor: Double
    package let attentionFactor: Double

    /// Throws `ScalingError` where a number is not positive. Without an attention factor it is √(1 + ln factor / ln L₀).
    package init(
        shortFactors: [Double], longFactors: [Double], originalLength: Double, factor: Double,
        attentionFactor: Double? = nil
    ) throws(ScalingError) {
        for (name, factors) in [("short_factor", shortFactors), ("long_factor", longFactors)] {
            for (index, factor) in factors.enumerated() {
                _ = try ScalingError.positive(factor, name, index: index)
            }
        }
        self.shortFactors = shortFactors
        self.longFactors = longFactors
        self.originalLength = try ScalingError.positive(originalLength, "original_max_position_embeddings")
        self.factor = try ScalingError.positive(factor, "factor")
        if let attentionFactor {
            self.attentionFactor = try ScalingError.positive(attentionFactor, "attention_factor")
        } else if factor <= 1 {
            self.attentionFactor = 1
        } else {
            typealias Number = ExtendedNumber
            let ratio = Number.logarithm(Number(factor)) / Number.logarithm(Number(originalLength))
            self.attentionFactor = try ScalingError.positive(
                Double((1 + ratio).squareRoot()), "original_max_position_embeddings")
        }
    }

    package func ladderLength(_ length: Double) -> Double? {
        // All lengths past the original one have one ladder.
        length > originalLength ? .infinity : nil
    }

    package var contexts: (original: Double?, extended: Double?) { (originalLength, originalLength * factor) }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        let factors = length == nil ? shortFactors : longFactors
        return ScaledLadder(
            inverseFrequencies: zip(factors, plain.powers).map { 1 / (Arithmetic.Element($0) * $1) })
    }
}
