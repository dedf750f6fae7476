extension RotaryEngine {
    /// Computes an attention in tiles, in memory that grows with the length and not with its square.
    ///
    /// What it answers does not depend on who helps. `isCancelled` is asked before each block of rows, of 1 024 at most, on the
    /// calling thread. Throws `CancellationError` where it says so.
    package func attend(
        _ attention: Attention, returningWeights: Bool, helpedBy helpers: any Helpers = NoHelpers(),
        on level: VectorLevel = .inForce, unless isCancelled: () -> Bool = { false }
    ) throws(CancellationError) -> Attention.Result {
        switch attention.operands {
        case (.float32(let query), .float32(let key), .float32(let value)):
            let (output, weights) = try attend(
                attention, query, key, value, returningWeights, helpers, level, isCancelled)
            return Attention.Result(output: .float32(output), weights: weights.map { .float32($0) })
        case (.float64(let query), .float64(let key), .float64(let value)):
            let (output, weights) = try attend(
                attention, query, key, value, returningWeights, helpers, level, isCancelled)
            return Attention.Result(output: .float64(output), weights: weights.map { .float64($0) })
        default: preconditionFailure(Self.otherType)
        }
    }

    /// The same with the output, `[…, tq, dv]` and float32, in memory that is there already; answers the weights.
    ///
    /// Every element of the output is written, unless the attention is cancelled.
    package func attend(
        _ attention: Attention, into output: inout MutableSpan<Float>, returningWeights: Bool,
        helpedBy helpers: any Helpers, on level: VectorLevel = .inForce, unless isCancelled: () -> Bool
    ) throws(CancellationError) -> AnyTensor? {
        guard case (.float32(let query), .float32(let key), .float32(let value)) = attention.operands else {
            preconditionFailure(Self.otherType)
        }
        let weights = try attend(
            attention, query, key, value, into: &output, returningWeights, helpers, level, isCancelled)
        return weights.map { .float32($0) }
    }

    /// The same in float64.
    package func attend(
        _ attention: Attention, into output: inout MutableSpan<Double>, returningWeights: Bool,
        helpedBy helpers: any Helpers, on level: VectorLevel = .inForce, unless isCancelled: () -> Bool
    ) throws(CancellationError) -> AnyTensor? {
        guard case (.float64(let query), .float64(let key), .float64(let value)) = attention.operands else {
            preconditionFailure(Self.otherType)
        }
        let weights = try attend(
            attention, query, key, value, into: &output, returningWeights, helpers, level, isCancelled)
        return weights.map { .float64($0) }
    }

    private static var tooMany: String { "an answer is held against its limit before it is computed" }
    private static var otherType: String { "the tensors of an attention are of one type, and so is its output" }

    private func attend<Scalar: TensorScalar>(
        _ attention: Attention, _ query: Tensor<Scalar>, _ key: Tensor<Scalar>, _ value: Tensor<Scalar>,
        _ returningWeights: Bool, _ helpers: any Helpers, _ level: VectorLevel, _ isCancelled: () -> Bool
    ) throws(CancellationError) -> (Tensor<Scalar>, Tensor<Scalar>?) {
        guard let shape = attention.shape.output else { preconditionFailure(Self.tooMany) }
        var weights: Result<Tensor<Scalar>?, CancellationError> = .success(nil)
        let output = newElements(shape.count) { output in
            weights = Result { () throws(CancellationError) in
                try attend(attention, query, key, value, into: &output, returningWeights, helpers, level, isCancelled)
            }
        }
        return (Tensor(shape: shape, elements: output), try weights.get())
    }

    private func attend<Scalar: TensorScalar>(
        _ attention: Attention, _ query: Tensor<Scalar>, _ key: Tensor<Scalar>, _ value: Tensor<Scalar>,
        into output: inout MutableSpan<Scalar>, _ returningWeights: Bool, _ helpers: any Helpers,
        _ level: VectorLevel, _ isCancelled: () -> Bool
    ) throws(CancellationError) -> Tensor<Scalar>? {
        guard let shape = attention.shape.weights else { preconditionFailure(Self.tooMany) }
        precondition(output.count == attention.shape.output?.count)
        var (query, key) = (query, key)
        if let rotation = attention.rotation, let positions = attention.positions {
            let reaches = attention.reaches
            query = rotate(query, at: positions.query, reaching: reaches, by: rotation)
            key = rotate(key, at: positions.key, reaching: reaches, by: rotation)
        }
        let tiles = AttentionTiles(attention, query: query, key: key, value: value, level: level)
        var isComplete = false
        let weights: [Scalar] = newElements(returningWeights ? shape.count : 0) { weights in
            isComplete = tiles.run(into: &output, &weights, helpedBy: helpers, unless: isCancelled)
        }
        guard isComplete else { throw CancellationError() }
        return returningWeights ? Tensor(shape: shape, elements: weights) : nil
    }
}
