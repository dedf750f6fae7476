/// YaRN as its code has it, which all libraries follow: pairs are interpolated by a ramp over their index.
///
/// B. Peng et al., "YaRN: Efficient Context Window Extension of Large Language Models", arXiv:2309.00071, and Hugging Face
/// transformers. The paper itself has the ramp over the number of turns, which is `NTKByPartsScaling`.
package struct YarnScaling: LadderScaling {
    package let factor: Double
    /// L₀
    package let originalLength: Double
    package let attentionFactor: Double
    /// Turns over the original length: pairs with more are kept, with fewer than `slowTurns` interpolated.
    package let fastTurns: Double
    package let slowTurns: Double
    /// Whether the ends of the ramp are whole indices.
    package let truncates: Bool

    /// How the attention factor is found where it is not given: by both scales, where neither is 0, or by the factor alone.
    package enum AttentionFactorRule: Sendable {
        case given(Double)
        case factor
        case ratio(scale: Double, allDimensions: Double)
    }

    /// Throws `ScalingError` where a number is not positive, or the attention factor is none.
    package init(
        factor: Double, originalLength: Double, attention: AttentionFactorRule = .factor, fastTurns: Double = 32,
        slowTurns: Double = 1, truncates: Bool = true
    ) throws(ScalingError) {
        self.factor = try ScalingError.positive(factor, "factor")
        self.originalLength = try ScalingError.positive(originalLength, "original_max_position_embeddings")
        self.fastTurns = try ScalingError.positive(fastTurns, "beta_fast")
        self.slowTurns = try ScalingError.positive(slowTurns, "beta_slow")
        self.truncates = truncates
        switch attention {
        case .given(let given):
            attentionFactor = try ScalingError.positive(given, "attention_factor")
        case .factor:
            attentionFactor = Double(Self.scale(factor, 1))
        case .ratio(let scale, let allDimensions):
            attentionFactor = try ScalingError.positive(
                Double(Self.scale(factor, scale) / Self.scale(factor, allDimensions)), "mscale")
        }
    }

    /// 0.1 · scale · ln(factor) + 1, or 1 where nothing is stretched.
    private static func scale(_ factor: Double, _ scale: Double) -> ExtendedNumber {
        factor <= 1 ? 1 : ExtendedNumber(scale) * .logarithm(ExtendedNumber(factor)) / 10 + 1
    }

    package var needsBaseAboveOne: Bool { true }

    package var contexts: (original: Double?, extended: Double?) { (originalLength, originalLength * factor) }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        typealias Element = Arithmetic.Element
        let (low, high) = ramp(plain)
        let (start, width) = (Element(low), Element(high - low))
        let powers = plain.powers
        var scaled = ScaledLadder<Element>(inverseFrequencies: [], interpolation: [])
        for (index, power) in powers.enumerated() {
            let kept = 1 - min(max((Element(index) - start) / width, 0), 1)
            scaled.inverseFrequencies.append(1 / (Element(factor) * power) * (1 - kept) + 1 / power * kept)
            scaled.interpolation?.append(1 - kept)
        }
        return scaled
    }

    /// The indices between which pairs go from kept to interpolated.
    private func ramp<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>
    ) -> (low: Arithmetic.Scalar, high: Arithmetic.Scalar) {
        typealias Scalar = Arithmetic.Scalar
        func index(ofTurns turns: Double) -> Scalar {
            Scalar(plain.rotaryDimension) * .logarithm(Scalar(originalLength) / (Scalar(turns) * 2 * Scalar.pi))
                / (2 * .logarithm(plain.base))
        }
        var low = index(ofTurns: fastTurns)
        var high = index(ofTurns: slowTurns)
        if truncates {
            low = low.rounded(.down)
            high = high.rounded(.up)
        }
        low = max(low, 0)
        high = min(high, Scalar(plain.rotaryDimension - 1))
        // As Hugging Face has it, so that there is something to divide by.
        return (low, low == high ? high + Scalar(0.001) : high)
    }
}
