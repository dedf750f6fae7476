/// Whether a vector is turned, turned back, or moved on.
package enum RotationDirection: Hashable, Sendable {
    case forward
    /// By −angle, and divided by the attention factor.
    case inverse
    /// From where it stands already, with the attention factor in it.
    case shift
}

/// Cosines and sines for some positions, one row of p each per position, multiplied by the attention factor.
///
/// Angles are float64 products position · inverse frequency; cosine and sine are rounded once, to `Scalar`. In the precision
/// float32 position, angle, cosine, sine and their products with the factor are rounded to float32 each.
package struct RotaryRows<Scalar: TensorScalar>: Sendable {
    let pairCount: Int
    /// `[positions, p]`, row-major.
    package let cosines: [Scalar]
    package let sines: [Scalar]

    init(_ table: FrequencyTable, positions: some Collection<Double>, direction: RotationDirection) {
        pairCount = table.inverseFrequencies.count
        let (factor, sign) =
            switch direction {
            case .forward: (table.attentionFactor, 1.0)
            case .inverse: (1 / table.attentionFactor, -1.0)
            case .shift: (1.0, 1.0)
            }
        switch table.precision {
        case .float64:
            let angles = positions.flatMap { position in table.inverseFrequencies.map { position * $0 } }
            (cosines, sines) = sinesAndCosines(of: angles, cosineFactor: factor, sineFactor: factor * sign)
        case .float32:
            let angles = positions.flatMap { position in
                table.inverseFrequencies.map { Double(Float(position) * Float($0)) }
            }
            let (cosines, sines) = sinesAndCosines(of: angles, sineFactor: sign, Float.self)
            self.cosines = cosines.map { Scalar(Float(factor) * $0) }
            self.sines = sines.map { Scalar(Float(factor) * $0) }
        }
    }
}
