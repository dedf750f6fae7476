import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// The body of `POST /rope/shift`, valid once decoded.
struct RopeShiftRequest: DecodableWithConfiguration {
    static let names = ["x", "by", "dtype"] + RotaryFields.names

    let x: JSONTensor
    /// How far each row is moved.
    let distances: Positions
    let parameters: RotaryParameters
    let source: RopeSource
    let warnings: [String]

    init(from decoder: any Decoder, configuration context: RequestContext) throws {
        let fields = try JSONFields(decoder)
        try fields.refuseAll(but: Self.names)
        let type = try fields.ifGiven("dtype") { try fields.choice($0, of: ScalarType.self) } ?? .float32
        let rotary = try RotaryFields(fields, context.models)
        warnings = rotary.warnings
        source = rotary.source
        x = try JSONTensor(from: fields.decoder(of: "x"), as: type, maxElements: context.limits.maxAnswerElements)
        let shape = x.tensor.shape
        parameters = try rotary.parameters(dimension: shape.dimension, at: fields.place(of: "x")) {
            "x has \($0) elements in its last axis"
        }
        distances = try Self.distances(fields, shape, parameters.axes)
        if case .tables(let tables) = parameters.substitute {
            try tables.check(
                distances, rowCount: shape.sequenceLength, of: "x", name: "by", in: fields, isInverse: false)
        }
    }

    private static func distances(_ fields: JSONFields, _ shape: TensorShape, _ axes: PairAxes) throws -> Positions {
        guard fields.contains("by") else {
            throw Problem(
                .missingField, at: fields.place(of: "by"), "by is missing; it says how many positions x is moved on")
        }
        if let distance = try? fields.number("by") {
            try PositionFields.check(distance, JSONPointer(["by"]))
            return .shared(Array(repeating: distance, count: shape.sequenceLength))
        }
        return try PositionFields(
            fields: fields, name: "by", tensor: "x", rowCount: shape.sequenceLength,
            listCount: shape.rank >= 3 ? shape.axes[0] : nil, axes: axes
        ).lists()
    }
}
