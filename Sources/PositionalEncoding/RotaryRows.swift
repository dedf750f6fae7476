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

    init(pairCount: Int, cosines: [Scalar], sines: [Scalar]) {
        self.pairCount = pairCount
        self.cosines = cosines
        self.sines = sines
    }

    /// The same position on every axis.
    init(_ table: FrequencyTable, positions: some Collection<Double>, direction: RotationDirection) {
        var angles: [Double] = []
        angles.reserveCapacity(positions.count * table.inverseFrequencies.count)
        for position in positions {
            for inverseFrequency in table.inverseFrequencies {
                angles.append(table.precision.angle(position, inverseFrequency))
            }
        }
        self.init(table, angles: angles, direction)
    }

    /// A position for each axis that the table knows: `lists` are those of the axes, of which `rows` are taken.
    init(_ table: FrequencyTable, lists: [[Double]], rows: Range<Int>, direction: RotationDirection) {
        guard let axes = table.axisIndices else { preconditionFailure("a ladder of one axis has one list") }
        precondition(lists.count > axes.max() ?? 0)
        var angles: [Double] = []
        angles.reserveCapacity(rows.count * axes.count)
        for row in rows {
            for (axis, inverseFrequency) in zip(axes, table.inverseFrequencies) {
                angles.append(table.precision.angle(lists[axis][row], inverseFrequency))
            }
        }
        self.init(table, angles: angles, direction)
    }

    private init(_ table: FrequencyTable, angles: [Double], _ direction: RotationDirection) {
        pairCount = table.inverseFrequencies.count
        let (factor, sign) =
            switch direction {
            case .forward: (table.attentionFactor, 1.0)
            case .inverse: (1 / table.attentionFactor, -1.0)
            case .shift: (1.0, 1.0)
            }
        switch table.precision {
        case .float64:
            (cosines, sines) = sinesAndCosines(of: angles, cosineFactor: factor, sineFactor: factor * sign)
        case .float32:
            let (cosines, sines) = sinesAndCosines(of: angles, sineFactor: sign, Float.self)
            self.cosines = cosines.map { Scalar(Float(factor) * $0) }
            self.sines = sines.map { Scalar(Float(factor) * $0) }
        }
    }
}

extension Precision {
    /// In rad.
    fileprivate func angle(_ position: Double, _ inverseFrequency: Double) -> Double {
        switch self {
        case .float64: position * inverseFrequency
        case .float32: Double(Float(position) * Float(inverseFrequency))
        }
    }
}
