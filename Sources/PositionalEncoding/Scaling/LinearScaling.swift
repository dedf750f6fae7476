/// Position interpolation: every frequency divided by a factor, so that position m·factor turns as m did.
///
/// S. Chen et al., "Extending Context Window of Large Language Models via Positional Interpolation", arXiv:2306.15595.
package struct LinearScaling: LadderScaling {
    package let factor: Double

    /// Throws `ScalingError` unless the factor is positive, and so is its reciprocal.
    package init(factor: Double) throws(ScalingError) {
        self.factor = try ScalingError.positive(factor, "factor")
    }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        ScaledLadder(inverseFrequencies: plain.inverseFrequencies.map { $0 / Arithmetic.Element(factor) })
    }
}
