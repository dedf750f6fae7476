import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `POST /rope/apply`: a tensor's rows turned by their positions.
struct RopeApplyEndpoint: Endpoint {
    let engine: RotaryEngine
    let writer: AnswerWriter
    let context: RequestContext

    /// Measured: what a request costs at least, and for each byte of its body.
    private static let nanoseconds = (request: 20_000, byte: 4)

    func check(_ head: HTTPRequest) throws {
        try JSONBody.check(head)
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        try Negotiation.checkUntyped(request, example: #"{"x":[[1,0]]}"#)
        return try .work(estimatedAt: Self.cost(of: request.body)) { try respond(to: request.body, $0) }
    }

    /// In nanoseconds, of a body that holds a tensor and is answered by one of its size.
    static func cost(of body: Data) -> Int {
        nanoseconds.request + nanoseconds.byte * min(body.count, 1 << 20)
    }

    private func respond(to body: Data, _ cancellation: Cancellation) throws -> HTTPResponse {
        var clock = PhaseClock()
        let reader = try JSONReader(body, maxNumbers: writer.maxElements)
        let reservation = try writer.reserve(atMost: reader.numberCount, beside: body.count)
        let apply = try reader.read(RopeApplyRequest.self, configuration: context)
        try writer.adjust(reservation, to: apply.x.tensor.shape.count, apply.type, beside: body.count)
        clock.end(.decode)
        try cancellation.check()
        let tables = try engine.tables(
            for: apply.parameters, reaching: apply.positions.reaches(rows: apply.x.tensor.shape.sequenceLength),
            from: apply.source)
        let turned = engine.rotate(
            apply.x.tensor, at: apply.positions, by: apply.parameters,
            apply.inverse ? .inverse : .forward)
        try Problem.check(turned, "y")
        clock.end(.compute)
        try cancellation.check()
        let answer = Answer(
            rope: RopeDescription(apply.parameters, tables, apply.source), shape: turned.shape.axes,
            warnings: apply.warnings.isEmpty ? nil : apply.warnings, y: JSONTensor(turned, form: apply.x.form))
        var response = try writer.response(answer, reservation)
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }

    struct Answer: Encodable {
        let rope: RopeDescription
        let shape: [Int]
        let warnings: [String]?
        let y: JSONTensor
    }
}
