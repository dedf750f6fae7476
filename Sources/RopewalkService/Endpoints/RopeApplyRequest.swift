import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// The body of `POST /rope/apply`, valid once decoded.
struct RopeApplyRequest: DecodableWithConfiguration {
    static let names = ["x"] + OffsetFields.names + ["inverse", "dtype"] + RotaryFields.names

    let x: JSONTensor
    let type: ScalarType
    let positions: Positions
    let inverse: Bool
    let parameters: RotaryParameters
    let source: RopeSource
    let warnings: [String]

    init(from decoder: any Decoder, configuration context: RequestContext) throws {
        let fields = try JSONFields(decoder)
        try fields.refuseAll(but: Self.names)
        type = try fields.ifGiven("dtype") { try fields.choice($0, of: ScalarType.self) } ?? .float32
        inverse = try fields.ifGiven("inverse", fields.boolean) ?? false
        let rotary = try RotaryFields(fields, context.models)
        warnings = rotary.warnings
        source = rotary.source
        x = try JSONTensor(from: fields.decoder(of: "x"), as: type, maxElements: context.limits.maxAnswerElements)
        let shape = x.tensor.shape
        parameters = try rotary.parameters(dimension: shape.dimension, at: fields.place(of: "x")) {
            "x has \($0) elements in its last axis"
        }
        positions = try OffsetFields.read(fields, for: shape, axes: parameters.axes)
        if case .tables(let tables) = parameters.substitute {
            try tables.check(
                positions, rowCount: shape.sequenceLength, of: "x", name: "positions", in: fields, isInverse: inverse)
        }
    }
}
