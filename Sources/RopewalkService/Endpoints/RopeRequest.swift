import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// What one of the routes below `/rope` is asked to do to tensors, in whichever format they come.
protocol RopeRequest: SendableMetatype {
    /// The fields of its own, beside the tensor, `dtype`, and where it `turns` the rotary ones.
    static var ownNames: [String] { get }
    /// The fields of a JSON body.
    static var names: [String] { get }
    /// Whether rotary parameters are among its fields.
    static var turns: Bool { get }
    /// A body, for who sends none.
    static var example: String { get }

    /// Reads the fields that hold for all tensors.
    init(_ fields: any Fields, _ context: RequestContext) throws

    /// What is done to a tensor, by its shape, its place and its name in messages.
    func operation(on shape: TensorShape, at place: Place, named name: String) throws -> TensorOperation

    var warnings: [String] { get }
    /// nil where nothing turns.
    var source: RopeSource? { get }
}

extension RopeRequest {
    /// Puts `names` together, which is kept: it is looked through for each request.
    static var allNames: [String] { ["x"] + ownNames + ["dtype"] + (turns ? RotaryFields.names : []) }

    /// The keys of the query beside a binary body.
    static func queryNames(_ format: TensorFormat) -> [String] {
        ownNames + TensorUpload.names(format) + (format == .safetensors ? ["tensors"] : [])
            + (turns ? RotaryFields.queryNames : [])
    }
}

/// The JSON body of such a route, valid once decoded.
struct JSONRopeRequest<Request: RopeRequest>: DecodableWithConfiguration {
    let request: Request
    let x: JSONTensor
    let operation: TensorOperation

    init(from decoder: any Decoder, configuration context: RequestContext) throws {
        let fields = try JSONFields(decoder)
        try fields.refuseAll(but: Request.names)
        let type = try fields.ifGiven("dtype") { try fields.choice($0, of: ScalarType.self) } ?? .float32
        request = try Request(fields, context)
        x = try JSONTensor(from: fields.decoder(of: "x"), as: type, maxElements: context.limits.maxAnswerElements)
        operation = try request.operation(on: x.tensor.shape, at: fields.place(of: "x"), named: "x")
    }
}
