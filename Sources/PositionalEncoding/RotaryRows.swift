import Glibc

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
        let count = positions.count * pairCount
        var cosines: [Scalar] = []
        var sines: [Scalar] = []
        cosines.reserveCapacity(count)
        sines.reserveCapacity(count)
        let (factor, sign) =
            switch direction {
            case .forward: (table.attentionFactor, 1.0)
            case .inverse: (1 / table.attentionFactor, -1.0)
            case .shift: (1.0, 1.0)
            }
        switch table.precision {
        case .float64:
            for position in positions {
                for inverseFrequency in table.inverseFrequencies {
                    let angle = position * inverseFrequency
                    cosines.append(Scalar(factor * cos(angle)))
                    sines.append(Scalar(factor * sign * sin(angle)))
                }
            }
        case .float32:
            for position in positions {
                for inverseFrequency in table.inverseFrequencies {
                    let angle = Double(Float(position) * Float(inverseFrequency))
                    cosines.append(Scalar(Float(factor) * Float(cos(angle))))
                    sines.append(Scalar(Float(factor) * Float(sign * sin(angle))))
                }
            }
        }
        self.cosines = cosines
        self.sines = sines
    }
}
