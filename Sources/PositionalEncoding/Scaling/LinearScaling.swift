/// Position interpolation: every frequency divided by a factor, so that position m·factor turns as m did.
///
/// S. Chen et al., "Extending Context Window of Large Language Models via Positional Interpolation", arXiv:2306.15595.
package struct LinearScaling: Sendable, Hashable {
    package let factor: Double

    /// Throws `ScalingError.factor` unless the factor is finite, greater than 0, and so is its reciprocal.
    package init(factor: Double) throws(ScalingError) {
        guard factor.isFinite, factor > 0, (1 / factor).isFinite else { throw .factor(factor) }
        self.factor = factor
    }

    func apply(to inverseFrequencies: [Double]) -> [Double] {
        inverseFrequencies.map { $0 / factor }
    }
}
