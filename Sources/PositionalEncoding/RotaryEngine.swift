/// Rotates tensors; safe to share between threads.
package final class RotaryEngine: Sendable {
    package let cache: FrequencyCache

    package init(maxCacheBytes: Int) {
        cache = FrequencyCache(maxBytes: maxCacheBytes)
    }

    /// The ladder of the parameters.
    package func table(for parameters: RotaryParameters) -> FrequencyTable {
        let key = FrequencyTable.Key(parameters)
        guard case .table(let table) = cache.value(for: .table(key), orCompute: { .table(FrequencyTable(key)) }) else {
            preconditionFailure("a table's key leads to a table")
        }
        return table
    }

    /// Each row of the tensor turned by its position, or with `inverse` turned back.
    ///
    /// The last axis is the dimension d, the one before it the sequence s: `[…, s, d]`, or `[d]` for one vector.
    package func rotate<Scalar>(
        _ tensor: Tensor<Scalar>, at positions: Positions, by parameters: RotaryParameters, inverse: Bool = false
    ) -> Tensor<Scalar> {
        let shape = tensor.shape
        precondition(shape.dimension == parameters.dimension && positions.fit(shape))
        let rows = RowSource<Scalar>(engine: self, parameters: parameters, direction: inverse ? .inverse : .forward)
        let pairs = parameters.layout.pairs(rotaryDimension: parameters.rotaryDimension)
        let lists: [[RowSource<Scalar>.Run]] =
            switch positions {
            case .consecutive(let first): [rows.runs(for: (0..<shape.sequenceLength).map { first + Double($0) })]
            case .shared(let list): [rows.runs(for: list)]
            case .perBatch(let lists): lists.map { rows.runs(for: $0) }
            }
        var elements = tensor.elements
        var target = elements.mutableSpan
        var start = 0
        for sequence in 0..<shape.sequenceCount {
            for run in lists[sequence / (shape.sequenceCount / lists.count)] {
                let (cosines, sines) = (run.rows.cosines.span, run.rows.sines.span)
                for row in run.first..<run.first + run.count {
                    rotatePairs(
                        pairs, from: tensor.elements.span, to: &target, start: start, cosines: cosines, sines: sines,
                        row: row * pairs.count)
                    start += shape.dimension
                }
            }
        }
        return Tensor(shape: shape, elements: elements)
    }
}
