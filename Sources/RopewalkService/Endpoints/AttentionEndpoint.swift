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

    /// JSON, or what names its tensors.
    let bodyFormats: [TensorFormat] = [.json, .safetensors]
    let rotatesCopies = true

    func check(_ head: HTTPRequest) throws {
        _ = try TensorNegotiation(head, bodyFormats)
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        let negotiation = try TensorNegotiation(request, bodyFormats)
        guard negotiation.body == .json else {
            return .later { cancellation in try respond(to: request, negotiation, unless: cancellation) }
        }
        try negotiation.checkUntyped(
            request, of: bodyFormats, example: #"{"query":[[1,0]],"key":[[1,0]],"value":[[1]]}"#)
        return .later { cancellation in try respond(toJSON: request.body, negotiation, unless: cancellation) }
    }

    private func respond(
        toJSON body: Data, _ negotiation: TensorNegotiation, unless cancellation: Cancellation
    ) throws -> HTTPResponse {
        var clock = PhaseClock()
        let read = try JSONReader(body).read(JSONAttentionRequest.self, configuration: context)
        let format = try negotiation.answer(holding: read.request.returnsWeights ? 2 : 1, inJSON: true)
        try read.request.check({ name, _ in Problem.inBase64(name) }, unless: { cancellation.isCancelled })
        return try respond(
            to: read.request, format, form: read.form, type: read.request.type.floatType,
            try writer.reserve(atMost: 0, beside: body.count), beside: body.count, working: 0, &clock,
            unless: cancellation)
    }

    private func respond(
        to httpRequest: HTTPRequest, _ negotiation: TensorNegotiation, unless cancellation: Cancellation
    ) throws -> HTTPResponse {
        var clock = PhaseClock()
        let body = httpRequest.body
        let reservation = try writer.reserve(atMost: 0, beside: body.count)
        let query = try context.queries.fields(
            of: httpRequest.target, for: AttentionRequest.self, negotiation.body, names: AttentionRequest.queryNames)
        let upload = try TensorUpload(body, negotiation.body, query) {
            try writer.adjust(reservation, toBytes: $0, elements: $1, beside: body.count)
        }
        var operands = try BinaryAttentionOperands(upload)
        let request = try AttentionRequest(upload.fields, &operands, context)
        let format = try negotiation.answer(
            holding: request.returnsWeights ? 2 : 1, of: operands.elementType, inJSON: true)
        try request.check({ .tensor($0, element: $1) }, unless: { cancellation.isCancelled })
        return try respond(
            to: request, format, form: .nested, type: operands.elementType, metadata: upload.metadata, reservation,
            beside: body.count, working: upload.workingByteCount, &clock, unless: cancellation)
    }

    /// `type` is that of the answer's elements, `form` that of its tensors in JSON, `metadata` what the request's file said of
    /// itself. The request holds `bodyCount` bytes, and `working` besides.
    private func respond(
        to request: AttentionRequest, _ format: TensorFormat, form: JSONTensor.Form, type: FloatType,
        metadata: [String: String] = [:], _ reservation: ByteBudget.Reservation, beside bodyCount: Int, working: Int,
        _ clock: inout PhaseClock,
        unless cancellation: Cancellation
    ) throws -> HTTPResponse {
        let elsewhere = format == .json ? 0 : request.bytesComputedElsewhere(type)
        let bytes =
            format == .json
            ? writer.jsonBytes(request.answerCount, type.scalar) : request.answerCount * type.scalar.size
        try writer.adjust(
            reservation, toBytes: working + elsewhere + bytes, elements: request.answerCount, beside: bodyCount)
        try cancellation.check()
        let rope = try request.attention.rotation.map { rotation in
            try RopeDescription(rotation, request.source) {
                try engine.tables(for: rotation, reaching: request.attention.reaches ?? [], from: request.source)
            }
        }
        guard format == .json else {
            var answer = try BinaryAnswer(
                format, request.answerShapes.map { .init(name: $0.name, form: try StoredShape(type, $0.shape)) },
                description: .init(
                    rope, attention: AttentionDescription(request.attention), warnings: request.warnings,
                    metadata: metadata), writer, reservation, beside: bodyCount, working: working + elsewhere)
            clock.end(.decode)
            try answer.run(request.attention, by: engine, helpedBy: compute) { cancellation.isCancelled }
            clock.end(.compute)
            try cancellation.check()
            return answer.response(&clock)
        }
        clock.end(.decode)
        let result = try engine.attend(
            request.attention, returningWeights: request.returnsWeights, helpedBy: compute
        ) { cancellation.isCancelled }
        let (output, weights) = (type.rounded(result.output), result.weights.map(type.rounded))
        try Problem.check(output, "output", of: type)
        if let weights { try Problem.check(weights, "weights", of: type) }
        clock.end(.compute)
        try cancellation.check()
        let answer = Answer(
            attention: AttentionDescription(request.attention), output: JSONTensor(output, form: form), rope: rope,
            shape: output.shape.axes,
            warnings: request.warnings.isEmpty ? nil : request.warnings,
            weights: weights.map { JSONTensor($0, form: form) })
        var response = try writer.response(answer, reservation, vary: "Accept")
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }

    private struct Answer: Encodable {
        let attention: AttentionDescription
        let output: JSONTensor
        let rope: RopeDescription?
        let shape: [Int]
        let warnings: [String]?
        let weights: JSONTensor?
    }
}

/// `"attention"`: what an attention was computed with, whoever chose it.
struct AttentionDescription: Encodable, Sendable {
    private let causal: Bool
    private let scale: Double

    init(_ attention: Attention) {
        causal = attention.isCausal
        scale = attention.scale
    }
}

extension ComputePool: Helpers {}
