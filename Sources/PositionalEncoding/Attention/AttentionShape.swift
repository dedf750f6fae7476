/// The lengths that the query, key and value of one attention have together.
///
/// query `[b, hq, tq, d]`, key `[b, hk, tk, d]`, value `[b, hk, tk, dv]`; a rank of 3 is without b, a rank of 2 without heads.
package struct AttentionShape: Sendable, Equatable {
    package let rank: Int
    package let batch: Int
    /// hq, a multiple of hk: query head h reads key head ⌊h / (hq/hk)⌋.
    package let queryHeads: Int
    package let keyHeads: Int
    package let queryLength: Int
    package let keyLength: Int
    package let dimension: Int
    package let valueDimension: Int

    /// Throws `AttentionShapeError` where the three do not go together.
    package init(query: TensorShape, key: TensorShape, value: TensorShape) throws(AttentionShapeError) {
        rank = query.rank
        guard (2...4).contains(rank) else {
            throw AttentionShapeError(
                .query,
                "query has rank \(rank); it is [seq, dim], [heads, seq, dim] or [batch, heads, seq, dim]")
        }
        for (operand, shape) in [(AttentionOperand.key, key), (.value, value)] {
            guard shape.rank == rank else {
                throw AttentionShapeError(operand, "\(operand) has rank \(shape.rank), and query has rank \(rank)")
            }
            guard rank < 4 || shape.axes[0] == query.axes[0] else {
                throw AttentionShapeError(
                    operand, "\(operand) has a batch of \(shape.axes[0]), and query has one of \(query.axes[0])")
            }
        }
        func heads(_ shape: TensorShape) -> Int { shape.rank > 2 ? shape.axes[shape.rank - 3] : 1 }
        (batch, queryHeads, keyHeads) = (rank == 4 ? query.axes[0] : 1, heads(query), heads(key))
        (queryLength, keyLength) = (query.sequenceLength, key.sequenceLength)
        (dimension, valueDimension) = (query.dimension, value.dimension)
        guard key.dimension == dimension else {
            throw AttentionShapeError(
                .key, "key has \(key.dimension.counted("element")) in its last axis, and query has \(dimension)")
        }
        guard queryHeads.isMultiple(of: keyHeads) else {
            throw AttentionShapeError(
                .key, "query has \(queryHeads.counted("head")), which is no multiple of the \(keyHeads) that key has")
        }
        guard heads(value) == keyHeads else {
            throw AttentionShapeError(.value, "value has \(heads(value).counted("head")), and key has \(keyHeads)")
        }
        guard value.sequenceLength == keyLength else {
            throw AttentionShapeError(
                .value,
                "value has \(value.sequenceLength.counted("row")), and key has \(keyLength); each key has one value")
        }
    }

    /// b·hq·tq·tk·(d + dv); `Int.max` where it is more than can be counted.
    package var multiplyAdds: Int {
        [queryHeads, queryLength, keyLength, dimension + valueDimension].reduce(batch) { product, factor in
            let (next, overflow) = product.multipliedReportingOverflow(by: factor)
            return overflow ? .max : next
        }
    }

    /// `[…, tq, dv]`; nil where it has more elements than can be counted.
    package var output: TensorShape? { TensorShape(leadingAxes + [queryLength, valueDimension]) }

    /// `[…, tq, tk]`; nil where it has more elements than can be counted.
    package var weights: TensorShape? { TensorShape(scoreAxes) }

    /// How many numbers the answer has; nil where they are more than can be counted.
    package func answerCount(returningWeights: Bool) -> Int? {
        guard let output else { return nil }
        guard returningWeights else { return output.count }
        guard let weights else { return nil }
        let (count, overflow) = output.count.addingReportingOverflow(weights.count)
        return overflow ? nil : count
    }

    /// The axes of the scores, as many as the query has.
    package var scoreAxes: [Int] { leadingAxes + [queryLength, keyLength] }

    private var leadingAxes: [Int] { [batch, queryHeads].suffix(rank - 2) }
}

/// A tensor that goes into an attention.
package enum AttentionOperand: String, Sendable {
    case query, key, value
}

/// Why three shapes are not those of an attention.
package struct AttentionShapeError: Error, Equatable {
    /// Of two that do not go together, the later.
    package let operand: AttentionOperand
    package let reason: String

    init(_ operand: AttentionOperand, _ reason: String) {
        self.operand = operand
        self.reason = reason
    }
}
