/// Rotates tensors; safe to share between threads.
package final class RotaryEngine: Sendable {
    package let cache: FrequencyCache

    package init(maxCacheBytes: Int) {
        cache = FrequencyCache(maxBytes: maxCacheBytes)
    }

    /// The ladder of the parameters for a sequence whose positions reach to `length`; without one, for the original length.
    ///
    /// A length that the parameters name themselves comes first.
    package func table(for parameters: RotaryParameters, length: Double? = nil) -> FrequencyTable {
        table(for: FrequencyTable.Key(parameters, length: length))
    }

    func table(for key: FrequencyTable.Key) -> FrequencyTable {
        guard case .table(let table) = cache.value(for: .table(key), orCompute: { .table(FrequencyTable(key)) }) else {
            preconditionFailure("a table's key leads to a table")
        }
        return table
    }

    /// Each row of the tensor turned by its position, or back, or on.
    ///
    /// The last axis is the dimension d, the one before it the sequence s: `[…, s, d]`, or `[d]` for one vector. `reaches`
    /// are the lengths that choose the ladder, one or one a batch; without them, those of the positions.
    package func rotate(
        _ tensor: AnyTensor, at positions: Positions, reaching reaches: [Double]? = nil,
        by parameters: RotaryParameters,
        _ direction: RotationDirection = .forward
    ) -> AnyTensor {
        switch tensor {
        case .float32(let tensor):
            .float32(rotate(tensor, at: positions, reaching: reaches, by: parameters, direction))
        case .float64(let tensor):
            .float64(rotate(tensor, at: positions, reaching: reaches, by: parameters, direction))
        }
    }

    package func rotate<Scalar: TensorScalar>(
        _ tensor: Tensor<Scalar>, at positions: Positions, reaching reaches: [Double]? = nil,
        by parameters: RotaryParameters, _ direction: RotationDirection = .forward
    ) -> Tensor<Scalar> {
        let elements = newElements(tensor.shape.count) { target in
            tensor.withSpan { source in
                turn(
                    source, tensor.shape, into: &target, at: positions, reaching: reaches, by: parameters, direction)
            }
        }
        return Tensor(shape: tensor.shape, elements: elements)
    }

    /// Writes every element of the target once.
    func turn<Scalar: TensorScalar>(
        _ source: Span<Scalar>, _ shape: TensorShape, into target: inout MutableSpan<Scalar>, at positions: Positions,
        reaching reaches: [Double]?, by parameters: RotaryParameters, _ direction: RotationDirection
    ) {
        precondition(shape.dimension == parameters.dimension && positions.fit(shape))
        precondition(positions.axisCount == nil || positions.axisCount == parameters.axes.count)
        let reaches =
            parameters.dependsOnLength ? reaches ?? positions.reaches(rows: shape.sequenceLength) : []
        let pairs = parameters.pairs(direction)
        // Batches that differ in positions or in their ladder, or one that stands for all.
        let batches = max(positions.listCount, reaches.count)
        precondition(shape.sequenceCount.isMultiple(of: batches))
        let sequences = shape.sequenceCount / batches
        for batch in 0..<batches {
            let rows = RowSource<Scalar>(
                engine: self, parameters: parameters, length: reaches.isEmpty ? nil : reaches[batch % reaches.count],
                direction: direction)
            let sequences = batch * sequences..<(batch + 1) * sequences
            func turn(by list: some RandomAccessCollection<Double>, into target: inout MutableSpan<Scalar>) {
                var rest = list[...]
                var row = 0
                func turn(by run: RowSource<Scalar>.Run, into target: inout MutableSpan<Scalar>) {
                    rotateRows(run, pairs, of: shape, row: row, sequences: sequences, from: source, to: &target)
                    row += run.count
                }
                if sequences.count == 1 {
                    while let run = rows.takeRun(from: &rest) { turn(by: run, into: &target) }
                } else {
                    while !rest.isEmpty {
                        for run in rows.takeRuns(from: &rest, sequences: sequences.count) {
                            turn(by: run, into: &target)
                        }
                    }
                }
            }
            switch positions {
            case .consecutive(let first):
                turn(by: (0..<shape.sequenceLength).lazy.map { first + Double($0) }, into: &target)
            case .shared(let list): turn(by: list, into: &target)
            case .perBatch(let lists): turn(by: lists[batch], into: &target)
            case .perAxis(let axes):
                let lists = axes.map { $0[batch % $0.count] }
                var row = 0
                while row < shape.sequenceLength {
                    let run = rows.run(of: lists, from: row)
                    rotateRows(run, pairs, of: shape, row: row, sequences: sequences, from: source, to: &target)
                    row += run.count
                }
            }
        }
    }
}
