import Glibc

/// The ladder of frequencies of one set of parameters.
///
/// J. Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", arXiv:2104.09864, §3.2.2.
package struct FrequencyTable: Sendable {
    /// What a table depends on.
    struct Key: Hashable {
        let rotaryDimension: Int
        let base: Double
        let scaling: Scaling

        init(_ parameters: RotaryParameters) {
            rotaryDimension = parameters.rotaryDimension
            base = parameters.base
            scaling = parameters.scaling
        }
    }

    /// p of them, in rad per position, from the fastest pair to the slowest: base^(−2i/r), scaled.
    package let inverseFrequencies: [Double]
    /// What rotated elements are multiplied by.
    package let attentionFactor: Double

    init(_ key: Key) {
        let unscaled = (0..<key.rotaryDimension / 2).map { pair in
            Self.power(of: key.base, numerator: 2 * Double(pair), denominator: Double(key.rotaryDimension))
        }
        (inverseFrequencies, attentionFactor) = key.scaling.apply(to: unscaled)
    }

    /// base^(−numerator / denominator), to about one unit in the last place.
    ///
    /// The quotient is rounded before `pow` sees it, which costs ln(base) such units; what the rounding took is put back.
    private static func power(of base: Double, numerator: Double, denominator: Double) -> Double {
        let quotient = numerator / denominator
        let remainder = fma(-quotient, denominator, numerator) / denominator
        let power = pow(base, -quotient)
        return power - power * remainder * log(base)
    }

    /// Cosines and sines at positions, which are not kept.
    package func rows(at positions: [Double]) -> RotaryRows<Double> {
        RotaryRows(self, positions: positions, direction: .forward)
    }

    /// How many positions each pair needs for a full turn, 2π / inverse frequency; infinite where it does not turn.
    package var wavelengths: [Double] {
        inverseFrequencies.map { 2 * Double.pi / $0 }
    }
}
