import Glibc

/// Cosines and sines that a caller has, in place of a ladder; used as they are, whatever they are.
package struct CosineTables: Sendable, Hashable {
    /// One for each position from 0 on.
    package let rowCount: Int
    /// p
    package let pairCount: Int
    /// `[rowCount, p]`, row-major.
    let cosines: [Double]
    let sines: [Double]

    /// nil where both are not of one shape `[rowCount, p]`, or empty.
    package init?(cosines: [Double], sines: [Double], rowCount: Int) {
        guard rowCount > 0, cosines.count == sines.count, !cosines.isEmpty, cosines.count.isMultiple(of: rowCount)
        else { return nil }
        self.rowCount = rowCount
        pairCount = cosines.count / rowCount
        self.cosines = cosines
        self.sines = sines
    }

    /// The first pair of a row that cannot be turned back, since cos² + sin² is 0; nil where all can.
    package func firstSingularPair(ofRow row: Int) -> Int? {
        (0..<pairCount).first { cosines[row * pairCount + $0] == 0 && sines[row * pairCount + $0] == 0 }
    }

    /// The rows at positions, each the whole number of a row.
    func rows<Scalar>(at positions: some Collection<Double>, _ direction: RotationDirection) -> RotaryRows<Scalar> {
        var rows = (cosines: [Scalar](), sines: [Scalar]())
        for position in positions {
            guard let row = Int(exactly: position) else { preconditionFailure("rows are counted") }
            for place in row * pairCount..<(row + 1) * pairCount {
                let (cosine, sine) = (cosines[place], sines[place])
                if direction == .inverse {
                    // (c, −s) / (c² + s²), in steps of which none overflows where the result does not.
                    let length = hypot(cosine, sine)
                    rows.cosines.append(Scalar(cosine / length / length))
                    rows.sines.append(Scalar(-sine / length / length))
                } else {
                    rows.cosines.append(Scalar(cosine))
                    rows.sines.append(Scalar(sine))
                }
            }
        }
        return RotaryRows(pairCount: pairCount, cosines: rows.cosines, sines: rows.sines)
    }
}
