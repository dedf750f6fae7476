import PositionalEncoding
import TensorCoding

/// `POST /attention`: what a request asks for, in whichever format it comes; valid once read.
struct AttentionRequest {
    static let tensorNames = ["query", "key", "value"]
    private static let ownNames =
        ["rotate", "query_positions", "key_positions", "causal", "scale", "return_weights", "dtype"]

    /// The fields of a JSON body.
    static let names = tensorNames + ["mask"] + ownNames + RotaryFields.names
    /// The keys of the query beside a binary body.
    static let queryNames = ownNames + RotaryFields.queryNames

    let attention: Attention
    let returnsWeights: Bool
    /// What it is computed in.
    let type: ScalarType
    /// How many numbers the answer holds.
    let answerCount: Int
    let warnings: [String]
    let source: RopeSource

    /// The tensors of the answer.
    var answerShapes: [(name: String, shape: TensorShape)] {
        let (output, weights) = (attention.shape.output, returnsWeights ? attention.shape.weights : nil)
        return [("output", output), ("weights", weights)].compactMap { name, shape in shape.map { (name, $0) } }
    }

    /// Bytes of a binary answer's numbers that are computed in other memory: halves, which are rounded at the end, and weights.
    func bytesComputedElsewhere(_ type: FloatType) -> Int {
        let isInPlace = type.scalar.floatType == type
        return (isInPlace ? answerCount - answerShapes[0].shape.count : answerCount) * type.scalar.size
    }

    init(_ fields: any Fields, _ operands: inout some AttentionOperands, _ context: RequestContext) throws {
        let rotates = try fields.ifGiven("rotate", fields.boolean) ?? true
        returnsWeights = try fields.ifGiven("return_weights", fields.boolean) ?? false
        let rotary = try rotates ? fields.rotary(context) : nil
        let isCausal = try fields.ifGiven("causal", fields.boolean) ?? false
        if !rotates, let name = (RotaryFields.names + ScalingFields.names).first(where: fields.contains) {
            throw Problem(
                .contradiction, at: fields.place(of: name), "\(name) says how to rotate, and rotate is false")
        }
        let scale = try Self.scale(fields, operands.type)
        if let shapes = try operands.shapes() {
            let shape = try Self.shape(operands) { () throws(AttentionShapeError) in
                try AttentionShape(query: shapes.query, key: shapes.key, value: shapes.value)
            }
            _ = try context.limits.check(shape, returningWeights: returnsWeights)
        }
        let (query, key, value) = try (operands.tensor("query"), operands.tensor("key"), operands.tensor("value"))
        var attention = try Self.shape(operands) { () throws(AttentionShapeError) in
            try Attention(query: query, key: key, value: value)
        }
        let queryPlace = operands.place(of: "query")
        guard attention.shape.dimension <= RotaryParameters.maxDimension else {
            throw Problem(
                .outOfRange, at: queryPlace,
                "query has \(attention.shape.dimension.elements) in its last axis; a dimension is at most \(RotaryParameters.maxDimension)"
            )
        }
        answerCount = try context.limits.check(attention.shape, returningWeights: returnsWeights)
        var warnings = (rotary?.warnings ?? []) + operands.warnings
        attention.rotation = try rotary?.parameters(dimension: attention.shape.dimension, at: queryPlace) {
            "query has \($0.elements) in its last axis"
        }
        if let warning = attention.rotation?.precision.warning(for: operands.elementType) { warnings.append(warning) }
        attention.isCausal = isCausal
        attention.positions = try AttentionPositionFields(
            fields, attention.shape, axes: attention.rotation?.axes ?? .single
        ).read(areNeeded: rotates || isCausal, &warnings)
        try Self.checkTables(attention, fields)
        attention.mask = try Self.mask(operands, attention.shape, &warnings)
        if let scale = scale ?? rotary?.attention?.attention.scale { attention.scale = scale }
        warnings += rotary?.attention?.warnings(of: attention, isCausalGiven: fields.contains("causal")) ?? []
        self.attention = attention
        type = operands.type
        self.warnings = warnings
        source = rotary?.source ?? RopeSource(inferred: nil, model: nil, place: fields.place(of: "scaling"))
    }

    /// Throws where an element that takes part is infinite or no number; what is hidden may hold anything.
    ///
    /// `place` says where the request has an element of a tensor.
    func check(_ place: (_ name: String, _ element: [Int]) -> Place, unless isCancelled: () -> Bool) throws {
        let (query, key, value) = attention.operands
        guard [query, key, value].contains(where: { $0.firstNonFinite != nil }) else { return }
        let seen = try attention.seenRows(unless: isCancelled)
        for (name, tensor, rows) in [("query", query, seen.query), ("key", key, seen.key), ("value", value, seen.key)] {
            var next = 0
            while let found = tensor.firstNonFinite(from: next) {
                guard !isCancelled() else { throw CancellationError() }
                let row = found / tensor.shape.dimension
                guard !rows[row] else {
                    throw Problem.notFinite(name, tensor.shape.indices(at: found)) { place(name, $0) }
                }
                next = (rows[row...].firstIndex(of: true) ?? rows.endIndex) * tensor.shape.dimension
            }
        }
    }

    /// What has a shape that goes together; else throws which operand does not.
    private static func shape<Value>(
        _ operands: some AttentionOperands, _ make: () throws(AttentionShapeError) -> Value
    ) throws -> Value {
        do throws(AttentionShapeError) {
            return try make()
        } catch {
            throw Problem(.shapeMismatch, at: operands.place(of: error.operand.rawValue), error.reason)
        }
    }

    /// Throws unless tables of cosines and sines, where they are given, have a row for each query and key.
    private static func checkTables(_ attention: Attention, _ fields: any Fields) throws {
        guard case .tables(let tables) = attention.rotation?.substitute, let positions = attention.positions else {
            return
        }
        for (operand, positions, count) in [
            ("key", positions.key, attention.shape.keyLength), ("query", positions.query, attention.shape.queryLength),
        ] {
            try tables.check(
                positions, rowCount: count, of: operand, name: "\(operand)_positions", in: fields, isInverse: false)
        }
    }

    private static func scale(_ fields: any Fields, _ type: ScalarType) throws -> Double? {
        let scale = try fields.ifGiven("scale", fields.number)
        if let scale, type == .float32, !Float(scale).isFinite {
            throw Problem(.numberOverflow, at: fields.place(of: "scale"), "scale \(scale) is too large for float32")
        }
        return scale
    }

    private static func mask(
        _ operands: some AttentionOperands, _ shape: AttentionShape, _ warnings: inout [String]
    ) throws -> AttentionMask? {
        guard let elements = try operands.mask() else { return nil }
        guard elements.shape.rank <= shape.rank else {
            throw Problem(
                .shapeMismatch, at: operands.place(of: "mask"),
                "mask has \(elements.shape.rank.axes), and query has \(shape.rank); a mask has as many at most")
        }
        guard let mask = AttentionMask(elements, for: shape) else {
            throw Problem(
                .shapeMismatch, at: operands.place(of: "mask"),
                "mask has the shape \(elements.shape.axes), which does not stretch to \(shape.scoreAxes), the shape of the scores; a padding mask is [batch, 1, 1, key rows]"
            )
        }
        if case .additive(let numbers) = elements, numbers.isBinary {
            warnings.append(
                "mask holds only the numbers 0 and 1, which are added to the scores and hide nothing; true and false hide keys"
            )
        }
        return mask
    }
}

extension Limits {
    /// How many numbers an attention answers. Throws where it is too much work, or its answer too large.
    fileprivate func check(_ shape: AttentionShape, returningWeights: Bool) throws -> Int {
        guard shape.multiplyAdds <= maxMultiplyAdds else {
            let asked = shape.multiplyAdds == .max ? "more than can be counted" : "\(shape.multiplyAdds)"
            throw Problem(
                .tooMuchWork,
                "batch · heads · query rows · key rows · (dim + value dim) is \(asked), and the limit --max-multiply-adds is \(maxMultiplyAdds)"
            )
        }
        let count = shape.answerCount(returningWeights: returningWeights)
        guard let count, count <= maxAnswerElements else {
            let asked = count.map(String.init) ?? "more than can be counted"
            throw Problem(
                .answerTooLarge,
                "the answer would have \(asked) elements\(returningWeights ? ", weights \(shape.scoreAxes) among them" : ""), and the limit --max-answer-elements is \(maxAnswerElements)"
            )
        }
        return count
    }
}
