/// Llama 3.1's scaling: long waves are interpolated, short ones kept, those between blended.
///
/// A. Grattafiori et al., "The Llama 3 Herd of Models", arXiv:2407.21783, and github.com/meta-llama/llama-models
/// (`apply_scaling`), as Hugging Face has it. By another route it is NTK-by-parts with α = low and β = high.
package struct Llama3Scaling: LadderScaling {
    package let factor: Double
    /// Turns over the original length; equal in Llama 4, which leaves nothing between.
    package let lowFrequencyFactor: Double
    package let highFrequencyFactor: Double
    /// L₀
    package let originalLength: Double

    /// Throws `ScalingError` where a number is not positive, or low is past high.
    package init(
        factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalLength: Double
    ) throws(ScalingError) {
        self.factor = try ScalingError.positive(factor, "factor")
        self.lowFrequencyFactor = try ScalingError.positive(lowFrequencyFactor, "low_freq_factor")
        self.highFrequencyFactor = try ScalingError.positive(highFrequencyFactor, "high_freq_factor")
        self.originalLength = try ScalingError.positive(originalLength, "original_max_position_embeddings")
        guard lowFrequencyFactor <= highFrequencyFactor else {
            throw ScalingError(
                "high_freq_factor",
                "high_freq_factor must be at least low_freq_factor, \(lowFrequencyFactor); this is \(highFrequencyFactor)"
            )
        }
    }

    package var contexts: (original: Double?, extended: Double?) { (originalLength, originalLength * factor) }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        typealias Element = Arithmetic.Element
        typealias Scalar = Arithmetic.Scalar
        let longest = Element(Scalar(originalLength) / Scalar(lowFrequencyFactor))
        let shortest = Element(Scalar(originalLength) / Scalar(highFrequencyFactor))
        let width = Element(Scalar(highFrequencyFactor) - Scalar(lowFrequencyFactor))
        var scaled = ScaledLadder<Element>(inverseFrequencies: [], interpolation: [])
        for frequency in plain.inverseFrequencies {
            // PyTorch divides a number by a tensor so: by the product with its reciprocal.
            let wavelength = 1 / frequency * Element(2 * Scalar.pi)
            let kept: Element =
                if wavelength > longest {
                    0
                } else if wavelength < shortest || width == 0 {
                    1
                } else {
                    (1 / wavelength * Element(originalLength) - Element(lowFrequencyFactor)) / width
                }
            scaled.inverseFrequencies.append(
                kept == 1 ? frequency : (1 - kept) * frequency / Element(factor) + kept * frequency)
            scaled.interpolation?.append(1 - kept)
        }
        return scaled
    }
}
