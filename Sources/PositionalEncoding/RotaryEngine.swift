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
    package func rotate(
        _ tensor: AnyTensor, at positions: Positions, by parameters: RotaryParameters, inverse: Bool = false
    ) -> AnyTensor {
        switch tensor {
        case .float32(let tensor): .float32(rotate(tensor, at: positions, by: parameters, inverse: inverse))
        case .float64(let tensor): .float64(rotate(tensor, at: positions, by: parameters, inverse: inverse))
        }
    }

    package func rotate<Scalar: TensorScalar>(
        _ tensor: Tensor<Scalar>, at positions: Positions, by parameters: RotaryParameters, inverse: Bool = false
    ) -> Tensor<Scalar> {
        let shape = tensor.shape
        precondition(shape.dimension == parameters.dimension && positions.fit(shape))
        let rows = RowSource<Scalar>(engine: self, parameters: parameters, direction: inverse ? .inverse : .forward)
        let pairs = parameters.layout.pairs(rotaryDimension: parameters.rotaryDimension)
        var elements = tensor.elements
        func turn(_ sequences: Range<Int>, by list: some RandomAccessCollection<Double>) {
            var rest = list[...]
            while let run = rows.takeRun(from: &rest) {
                let row = shape.sequenceLength - rest.count - run.count
                for sequence in sequences {
                    let start = (sequence * shape.sequenceLength + row) * shape.dimension
                    rotate(run, pairs, of: tensor, into: &elements, start: start)
                }
            }
        }
        switch positions {
        case .consecutive(let first):
            turn(0..<shape.sequenceCount, by: (0..<shape.sequenceLength).lazy.map { first + Double($0) })
        case .shared(let list):
            turn(0..<shape.sequenceCount, by: list)
        case .perBatch(let lists):
            let count = shape.sequenceCount / lists.count
            for (index, list) in lists.enumerated() { turn(index * count..<(index + 1) * count, by: list) }
        }
        return Tensor(shape: shape, elements: elements)
    }

    /// Turns as many vectors as the run has rows; the first begins at `start`.
    private func rotate<Scalar: TensorScalar>(
        _ run: RowSource<Scalar>.Run, _ pairs: PairRun, of tensor: Tensor<Scalar>, into elements: inout [Scalar],
        start: Int
    ) {
        let (source, cosines, sines) = (tensor.elements.span, run.rows.cosines.span, run.rows.sines.span)
        var target = elements.mutableSpan
        for row in 0..<run.count {
            rotatePairs(
                pairs, from: source, to: &target, start: start + row * tensor.shape.dimension, cosines: cosines,
                sines: sines, row: (run.first + row) * pairs.count)
        }
    }
}
