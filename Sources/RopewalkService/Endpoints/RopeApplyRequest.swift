import PositionalEncoding

/// `POST /rope/apply`: a tensor's rows turned by their positions.
struct RopeApplyRequest: RopeRequest {
    static let ownNames = OffsetFields.names + ["inverse"]
    static let names = allNames
    static let turns = true
    static let example = #"{"x":[[1,0]]}"#

    private let fields: any Fields
    private let isInverse: Bool
    private let rotary: RotaryFields
    private let maxElements: Int

    init(_ fields: any Fields, _ context: RequestContext) throws {
        self.fields = fields
        isInverse = try fields.ifGiven("inverse", fields.boolean) ?? false
        rotary = try fields.rotary(context)
        maxElements = context.limits.maxAnswerElements
    }

    var warnings: [String] { rotary.warnings }
    var source: RopeSource? { rotary.source }

    func operation(on shape: TensorShape, at place: Place, named name: String) throws -> TensorOperation {
        let parameters = try rotary.parameters(dimension: shape.dimension, at: place) {
            "\(name) has \($0.elements) in its last axis"
        }
        let (positions, copies) = try OffsetFields.read(
            fields, for: shape, of: name, axes: parameters.axes, maxElements: maxElements)
        let result = copies.flatMap { TensorShape([$0, shape.dimension]) } ?? shape
        if case .tables(let tables) = parameters.substitute {
            try tables.check(
                positions, rowCount: result.sequenceLength, of: name, name: "positions", in: fields,
                isInverse: isInverse)
        }
        return TensorOperation(
            action: .turn(parameters, positions, reaches: nil, isInverse ? .inverse : .forward), shape: result,
            copies: copies)
    }
}
