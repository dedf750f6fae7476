import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `POST /attention`: queries' weighted sums of values, with rotation inside.
struct AttentionEndpoint: Endpoint {
    let engine: RotaryEngine
    let writer: AnswerWriter
    let context: RequestContext
    /// Whose threads help while they have no requests.
    let compute: ComputePool

    func check(_ head: HTTPRequest) throws {
        try JSONBody.check(head)
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        try Negotiation.checkUntyped(request, example: #"{"query":[[1,0]],"key":[[1,0]],"value":[[1]]}"#)
        return .later { cancellation in try respond(to: request.body, unless: cancellation) }
    }

    private func respond(to body: Data, unless cancellation: Cancellation) throws -> HTTPResponse {
        var clock = PhaseClock()
        let reader = try JSONReader(body)
        let request = try reader.read(AttentionRequest.self, configuration: context)
        let reservation = try writer.reserve(atMost: 0, beside: body.count)
        try writer.adjust(reservation, to: request.answerCount, request.type, beside: body.count)
        clock.end(.decode)
        try cancellation.check()
        let rope = try request.attention.rotation.map { rotation in
            RopeDescription(
                rotation,
                try engine.tables(for: rotation, reaching: request.attention.reaches ?? [], from: request.source),
                request.source)
        }
        let result = try engine.attend(
            request.attention, returningWeights: request.returnsWeights, helpedBy: compute
        ) { cancellation.isCancelled }
        try Problem.check(result.output, "output")
        if let weights = result.weights { try Problem.check(weights, "weights") }
        clock.end(.compute)
        try cancellation.check()
        let answer = Answer(
            output: JSONTensor(result.output, form: request.form),
            rope: rope,
            shape: result.output.shape.axes, warnings: request.warnings.isEmpty ? nil : request.warnings,
            weights: result.weights.map { JSONTensor($0, form: request.form) })
        var response = try writer.response(answer, reservation)
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }

    private struct Answer: Encodable {
        let output: JSONTensor
        let rope: RopeDescription?
        let shape: [Int]
        let warnings: [String]?
        let weights: JSONTensor?
    }
}

extension ComputePool: Helpers {}
