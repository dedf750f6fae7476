/// NTK-by-parts, YaRN as its paper has it: pairs are interpolated by a ramp over their turns in the original length.
///
/// B. Peng et al., "YaRN: Efficient Context Window Extension of Large Language Models", arXiv:2309.00071, §3.2. YaRN's
/// temperature (§3.4) is an attention factor of 0.1·ln(factor) + 1, and 1 is the default here.
package struct NTKByPartsScaling: LadderScaling {
    package let factor: Double
    /// L
    package let originalLength: Double
    /// Turns over the original length: pairs with fewer than α are interpolated, with more than β kept.
    package let alpha: Double
    package let beta: Double
    package let attentionFactor: Double

    /// Throws `ScalingError` where a number is not positive, or α is past β.
    package init(
        factor: Double, originalLength: Double, alpha: Double = 1, beta: Double = 32, attentionFactor: Double = 1
    ) throws(ScalingError) {
        self.factor = try ScalingError.positive(factor, "factor")
        self.originalLength = try ScalingError.positive(originalLength, "original_max_position_embeddings")
        self.alpha = try ScalingError.positive(alpha, "alpha")
        self.beta = try ScalingError.positive(beta, "beta")
        self.attentionFactor = try ScalingError.positive(attentionFactor, "attention_factor")
        guard alpha <= beta else {
            throw ScalingError("beta", "beta must be at least alpha, \(alpha); this is \(beta)")
        }
    }

    package var contexts: (original: Double?, extended: Double?) { (originalLength, originalLength * factor) }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        typealias Element = Arithmetic.Element
        var scaled = ScaledLadder<Element>(inverseFrequencies: [], interpolation: [])
        for frequency in plain.inverseFrequencies {
            let turns = Element(originalLength) * frequency / (2 * Element.pi)
            let kept: Element =
                alpha == beta
                ? (turns < Element(alpha) ? 0 : 1)
                : min(max((turns - Element(alpha)) / Element(Arithmetic.Scalar(beta) - Arithmetic.Scalar(alpha)), 0), 1)
            scaled.inverseFrequencies.append((1 - kept) * frequency / Element(factor) + kept * frequency)
            scaled.interpolation?.append(1 - kept)
        }
        return scaled
    }
}
