extension RotaryEngine {
    /// Computes an attention in tiles, in memory that grows with the length and not with its square.
    ///
    /// What it answers does not depend on who helps. `isCancelled` is asked before each block of rows, of 512 at most, on the
    /// calling thread. Throws `CancellationError` where it says so.
    package func attend(
        _ attention: Attention, returningWeights: Bool, helpedBy helpers: any Helpers = NoHelpers(),
        on level: VectorLevel = .inForce, unless isCancelled: () -> Bool = { false }
    ) throws(CancellationError) -> Attention.Result {
        switch (attention.query, attention.key, attention.value) {
        case (.float32(let query), .float32(let key), .float32(let value)):
            let (output, weights) = try attend(
                attention, query, key, value, returningWeights, helpers, level, isCancelled)
            return Attention.Result(output: .float32(output), weights: weights.map { .float32($0) })
        case (.float64(let query), .float64(let key), .float64(let value)):
            let (output, weights) = try attend(
                attention, query, key, value, returningWeights, helpers, level, isCancelled)
            return Attention.Result(output: .float64(output), weights: weights.map { .float64($0) })
        default:
            preconditionFailure("the tensors of an attention are of one type")
        }
    }

    private func attend<Scalar: TensorScalar>(
        _ attention: Attention, _ query: Tensor<Scalar>, _ key: Tensor<Scalar>, _ value: Tensor<Scalar>,
        _ returningWeights: Bool, _ helpers: any Helpers, _ level: VectorLevel, _ isCancelled: () -> Bool
    ) throws(CancellationError) -> (Tensor<Scalar>, Tensor<Scalar>?) {
        let shape = attention.shape
        guard let outputShape = shape.output, let weightShape = shape.weights else {
            preconditionFailure("an answer is held against its limit before it is computed")
        }
        var (query, key) = (query, key)
        if let rotation = attention.rotation, let positions = attention.positions {
            let reaches = attention.reaches
            query = rotate(query, at: positions.query, reaching: reaches, by: rotation)
            key = rotate(key, at: positions.key, reaching: reaches, by: rotation)
        }
        let tiles = AttentionTiles(attention, query: query, key: key, value: value, level: level)
        var weights: [Scalar] = []
        var isComplete = false
        let output: [Scalar] = newElements(outputShape.count) { output in
            weights = newElements(returningWeights ? weightShape.count : 0) { weights in
                isComplete = tiles.run(into: &output, &weights, helpedBy: helpers, unless: isCancelled)
            }
        }
        guard isComplete else { throw CancellationError() }
        return (
            Tensor(shape: outputShape, elements: output),
            returningWeights ? Tensor(shape: weightShape, elements: weights) : nil
        )
    }
}
