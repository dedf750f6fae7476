import PositionalEncoding

/// What is done to one tensor, valid for its shape.
struct TensorOperation: Sendable {
    enum Action: Sendable {
        /// `reaches` are the lengths that choose the ladder; nil leaves them to the positions.
        case turn(RotaryParameters, Positions, reaches: [Double]?, RotationDirection)
        /// So many numbers are moved together.
        case convert(LayoutConversion, width: Int)
    }

    let action: Action
    /// That of the result.
    let shape: TensorShape
    /// How many rows of the result are made of the one vector that there is; nil where the result has the shape of the source.
    var copies: Int?

    /// That of the tensor that it is done to.
    var sourceShape: TensorShape {
        copies == nil ? shape : TensorShape([shape.dimension]) ?? shape
    }

    /// False where elements are moved and stay what they are.
    var isArithmetic: Bool {
        switch action {
        case .turn: true
        case .convert: false
        }
    }

    /// Of a rotation, what it was computed with; nil of a conversion. Throws where its ladder cannot be.
    func rope(_ engine: RotaryEngine, _ source: RopeSource?) throws -> RopeDescription? {
        guard case .turn(let parameters, let positions, let reaches, _) = action, let source else { return nil }
        return try RopeDescription(parameters, source) {
            try engine.tables(
                for: parameters, reaching: reaches ?? positions.reaches(rows: shape.sequenceLength), from: source)
        }
    }

    /// The tensor in memory of its own.
    func run(_ tensor: AnyTensor, by engine: RotaryEngine) -> AnyTensor {
        let tensor = copies.map { tensor.repeated($0, as: shape) } ?? tensor
        return switch action {
        case .turn(let parameters, let positions, let reaches, let direction):
            engine.rotate(tensor, at: positions, reaching: reaches, by: parameters, direction)
        case .convert(let conversion, let width): conversion.convert(tensor, width: width)
        }
    }

    /// The elements into other memory, of which every element is written.
    func run(_ source: Span<Float>, into target: inout MutableSpan<Float>, by engine: RotaryEngine) {
        guard source.count == shape.count else {
            return run(source.repeated(copies ?? 1).span, into: &target, by: engine)
        }
        switch action {
        case .turn(let parameters, let positions, let reaches, let direction):
            engine.rotate(source, shape, into: &target, at: positions, reaching: reaches, by: parameters, direction)
        case .convert(let conversion, let width): conversion.convert(source, into: &target, width: width)
        }
    }

    /// The same in float64.
    func run(_ source: Span<Double>, into target: inout MutableSpan<Double>, by engine: RotaryEngine) {
        guard source.count == shape.count else {
            return run(source.repeated(copies ?? 1).span, into: &target, by: engine)
        }
        switch action {
        case .turn(let parameters, let positions, let reaches, let direction):
            engine.rotate(source, shape, into: &target, at: positions, reaching: reaches, by: parameters, direction)
        case .convert(let conversion, let width): conversion.convert(source, into: &target, width: width)
        }
    }
}

extension Span where Element: BitwiseCopyable {
    /// The elements so many times, one after another.
    fileprivate func repeated(_ times: Int) -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(count * times)
        for _ in 0..<times {
            for index in indices { elements.append(self[index]) }
        }
        return elements
    }
}

extension AnyTensor {
    fileprivate func repeated(_ times: Int, as shape: TensorShape) -> AnyTensor {
        switch self {
        case .float32(let tensor):
            .float32(Tensor(shape: shape, elements: tensor.withSpan { $0.repeated(times) }))
        case .float64(let tensor):
            .float64(Tensor(shape: shape, elements: tensor.withSpan { $0.repeated(times) }))
        }
    }
}
