import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `POST /attention`: queries' weighted sums of values, with rotation inside.
struct AttentionEndpoint: Endpoint {
    let engine: RotaryEngine
    let writer: AnswerWriter
    let context: RequestContext

    /// JSON, or what names its tensors.
    let bodyFormats: [TensorFormat] = [.json, .safetensors]

    func check(_ head: HTTPRequest) throws {
        _ = try TensorNegotiation(head, bodyFormats)
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        let negotiation = try TensorNegotiation(request, bodyFormats)
        guard negotiation.body == .json else {
            return .later { cancellation in try respond(to: request, negotiation, unless: cancellation) }
        }
        try Negotiation.checkUntyped(request, example: #"{"query":[[1,0]],"key":[[1,0]],"value":[[1]]}"#)
        return .later { cancellation in try respond(toJSON: request.body, negotiation, unless: cancellation) }
    }

    private func respond(
        toJSON body: Data, _ negotiation: TensorNegotiation, unless cancellation: Cancellation
    ) throws -> HTTPResponse {
        var clock = PhaseClock()
        let read = try JSONReader(body).read(JSONAttentionRequest.self, configuration: context)
        let format = try negotiation.answer(holding: read.request.returnsWeights ? 2 : 1, inJSON: true)
        return try respond(
            to: read.request, format, form: read.form, type: read.request.type.floatType, bodyCount: body.count, &clock,
            unless: cancellation)
    }

    private func respond(
        to httpRequest: HTTPRequest, _ negotiation: TensorNegotiation, unless cancellation: Cancellation
    ) throws -> HTTPResponse {
        var clock = PhaseClock()
        let upload = try TensorUpload(
            httpRequest.body, negotiation.body, QueryFields(httpRequest.target), names: AttentionRequest.queryNames)
        var operands = try BinaryAttentionOperands(upload)
        let request = try AttentionRequest(upload.fields, &operands, context)
        let format = try negotiation.answer(holding: request.returnsWeights ? 2 : 1, inJSON: true)
        do {
            return try respond(
                to: request, format, form: .nested, type: operands.elementType, bodyCount: httpRequest.body.count,
                &clock, unless: cancellation)
        } catch let problem as Problem where problem.kind == .resultOverflow {
            guard let given = operands.firstNonFinite else { throw problem }
            throw Problem(
                .notFinite, at: .tensor(given.name), "\(given.name)\(given.index) is infinite or no number")
        }
    }

    /// `type` is that of the answer's elements, `form` that of its tensors in JSON.
    private func respond(
        to request: AttentionRequest, _ format: TensorFormat, form: JSONTensor.Form, type: FloatType, bodyCount: Int,
        _ clock: inout PhaseClock, unless cancellation: Cancellation
    ) throws -> HTTPResponse {
        let reservation = try writer.reserve(atMost: 0, beside: bodyCount)
        try writer.adjust(reservation, to: request.answerCount, type.scalar, beside: bodyCount)
        clock.end(.decode)
        try cancellation.check()
        let rope = try request.attention.rotation.map { rotation in
            try RopeDescription(rotation, request.source) {
                try engine.tables(for: rotation, reaching: request.attention.reaches ?? [], from: request.source)
            }
        }
        let result = try engine.attend(request.attention, returningWeights: request.returnsWeights) {
            cancellation.isCancelled
        }
        let tensors = [("output", result.output)] + (result.weights.map { [("weights", $0)] } ?? [])
        for (name, tensor) in tensors { try Problem.check(tensor, name) }
        clock.end(.compute)
        try cancellation.check()
        guard format == .json else {
            var answer = try BinaryAnswer(
                format, tensors.map { .init(name: $0.0, form: try StoredShape(type, $0.1.shape)) },
                description: .init(rope: rope, warnings: request.warnings), writer, reservation, beside: bodyCount)
            for (index, tensor) in tensors.enumerated() { try answer.put(tensor.1, as: index) }
            return answer.response(&clock)
        }
        let answer = Answer(
            output: JSONTensor(result.output, form: form), rope: rope, shape: result.output.shape.axes,
            warnings: request.warnings.isEmpty ? nil : request.warnings,
            weights: result.weights.map { JSONTensor($0, form: form) })
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
