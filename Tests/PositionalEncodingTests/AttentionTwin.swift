import Glibc
import PositionalEncoding

/// Attention as its definition reads, in float64 and one score at a time: slow, obvious, and with nothing from the kernels.
struct AttentionTwin {
    let shape: AttentionShape
    /// `[b, hq, tq, d]`, `[b, hk, tk, d]` and `[b, hk, tk, dv]`; queries and keys are turned already.
    let query: [Double]
    let key: [Double]
    let value: [Double]
    let scale: Double
    /// nil hides the key; a number is added to its scaled score.
    let bias: (_ batch: Int, _ head: Int, _ query: Int, _ key: Int) -> Double?

    func weights() -> [Double] {
        rows { batch, head, query in
            let scores = (0..<shape.keyLength).map { score(batch, head, query, $0) }
            let largest = scores.compactMap { $0 }.max() ?? 0
            let exponentials = scores.map { $0.map { exp($0 - largest) } ?? 0 }
            let sum = exponentials.reduce(0, +)
            return exponentials.map { sum == 0 ? 0 : $0 / sum }
        }
    }

    func output() -> [Double] {
        let weights = weights()
        return rows { batch, head, query in
            let row = (batch * shape.queryHeads + head) * shape.queryLength + query
            return (0..<shape.valueDimension).map { column in
                (0..<shape.keyLength).reduce(0) { sum, key in
                    let weight = weights[row * shape.keyLength + key]
                    let place = keyRow(batch, head, key) * shape.valueDimension + column
                    return weight == 0 ? sum : sum + weight * value[place]
                }
            }
        }
    }

    private func score(_ batch: Int, _ head: Int, _ row: Int, _ index: Int) -> Double? {
        bias(batch, head, row, index).map { bias in
            let queryRow = (batch * shape.queryHeads + head) * shape.queryLength + row
            let product = (0..<shape.dimension).reduce(0) { sum, column in
                sum + query[queryRow * shape.dimension + column]
                    * key[keyRow(batch, head, index) * shape.dimension + column]
            }
            return product * scale + bias
        }
    }

    private func keyRow(_ batch: Int, _ head: Int, _ index: Int) -> Int {
        let keyHead = head * shape.keyHeads / shape.queryHeads
        return (batch * shape.keyHeads + keyHead) * shape.keyLength + index
    }

    private func rows(_ row: (_ batch: Int, _ head: Int, _ query: Int) -> [Double]) -> [Double] {
        (0..<shape.batch).flatMap { batch in
            (0..<shape.queryHeads).flatMap { head in
                (0..<shape.queryLength).flatMap { row(batch, head, $0) }
            }
        }
    }
}
