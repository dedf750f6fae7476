@testable import PositionalEncoding

/// The rotation as its definition reads, one element at a time: slow, obvious, and with nothing from the engine but the cosines
/// and sines, which have tests of their own.
struct RotationTwin {
    let axes: [Int]
    let rotaryDimension: Int
    let layout: PairLayout
    /// rad per position, one for each pair.
    let inverseFrequencies: [Double]
    let inverse: Bool
    /// By index of the first axis and row of the sequence.
    let position: (_ batch: Int, _ row: Int) -> Double

    func rotate<Scalar: TensorScalar>(_ x: [Scalar]) -> [Scalar] {
        let dimension = axes[axes.count - 1]
        let length = axes.count > 1 ? axes[axes.count - 2] : 1
        let batchSize = x.count / axes[0]
        let pairCount = rotaryDimension / 2
        let angles = (0..<axes[0]).flatMap { batch in
            (0..<length).flatMap { row in inverseFrequencies.map { position(batch, row) * $0 } }
        }
        let (cosines, sines) = sinesAndCosines(of: angles, Scalar.self)
        return x.indices.map { place in
            let column = place % dimension
            guard column < rotaryDimension else { return x[place] }
            let pair: Int
            let isFirst: Bool
            let partner: Int
            switch layout {
            case .interleaved:
                pair = column / 2
                isFirst = column % 2 == 0
                partner = isFirst ? place + 1 : place - 1
            case .half:
                pair = column % (rotaryDimension / 2)
                isFirst = column < rotaryDimension / 2
                partner = isFirst ? place + rotaryDimension / 2 : place - rotaryDimension / 2
            }
            let angle = (place / batchSize * length + place / dimension % length) * pairCount + pair
            let cosine = cosines[angle]
            let sine = inverse ? -sines[angle] : sines[angle]
            return isFirst ? x[place] * cosine - x[partner] * sine : x[partner] * sine + x[place] * cosine
        }
    }
}
