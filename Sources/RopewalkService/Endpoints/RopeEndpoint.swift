import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// A route below `/rope`: does to each tensor of a request what the request asks for, and answers them all.
struct RopeEndpoint<Request: RopeRequest>: Endpoint {
    let engine: RotaryEngine
    let writer: AnswerWriter
    let context: RequestContext

    let bodyFormats = TensorFormat.allCases

    /// Measured: what a request costs at least, and for each byte of its body.
    private static var jsonNanoseconds: (request: Double, byte: Double) { (20_000, 4) }
    private static var binaryNanoseconds: (request: Double, byte: Double) { (6_000, 0.25) }

    func check(_ head: HTTPRequest) throws {
        _ = try TensorNegotiation(head, bodyFormats)
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        let negotiation = try TensorNegotiation(request, bodyFormats)
        guard negotiation.body == .json else {
            let cost = Self.cost(of: request.body, Self.binaryNanoseconds)
            return try .work(estimatedAt: cost) { try respond(to: request, negotiation, $0) }
        }
        try negotiation.checkUntyped(request, of: bodyFormats, example: Request.example)
        return try .work(estimatedAt: Self.cost(of: request.body, Self.jsonNanoseconds)) {
            try respond(toJSON: request.body, negotiation, $0)
        }
    }

    private static func cost(of body: Data, _ nanoseconds: (request: Double, byte: Double)) -> Int {
        Int(nanoseconds.request + nanoseconds.byte * Double(min(body.count, 1 << 30)))
    }

    private func respond(
        toJSON body: Data, _ negotiation: TensorNegotiation, _ cancellation: Cancellation
    ) throws -> HTTPResponse {
        var clock = PhaseClock()
        let reader = try JSONReader(body, maxNumbers: writer.maxElements)
        let reservation = try writer.reserve(atMost: reader.numberCount, beside: body.count)
        let read = try reader.read(JSONRopeRequest<Request>.self, configuration: context)
        let (request, x, operation) = (read.request, read.x, read.operation)
        clock.end(.decode)
        try cancellation.check()
        let rope = try operation.rope(engine, request.source)
        let format = try negotiation.answer(holding: 1)
        guard format == .json else {
            var answer = try BinaryAnswer(
                format, [.init(name: "y", form: StoredShape(x.tensor.type.floatType, operation.shape))],
                description: .init(rope, warnings: request.warnings), writer, reservation, beside: body.count,
                working: operation.copies == nil ? 0 : operation.shape.count * x.tensor.type.size)
            try answer.run(operation, on: x.tensor, as: 0, by: engine)
            clock.end(.compute)
            return answer.response(&clock)
        }
        try writer.adjust(reservation, to: operation.shape.count, x.tensor.type, beside: body.count)
        let y = operation.run(x.tensor, by: engine)
        if y.firstNonFinite != nil {
            try Problem.check(given: x.tensor, "x")
            try Problem.check(y, "y", of: y.type.floatType)
        }
        clock.end(.compute)
        try cancellation.check()
        return try respond(y, form: x.form, rope, request.warnings, reservation, &clock)
    }

    private func respond(
        to httpRequest: HTTPRequest, _ negotiation: TensorNegotiation, _ cancellation: Cancellation
    ) throws -> HTTPResponse {
        var clock = PhaseClock()
        let body = httpRequest.body
        let reservation = try writer.reserve(atMost: 0, beside: body.count)
        let query = try context.queries.fields(
            of: httpRequest.target, for: Request.self, negotiation.body, names: Request.queryNames(negotiation.body))
        let upload = try TensorUpload(body, negotiation.body, query) {
            try writer.adjust(reservation, toBytes: $0, elements: $1, beside: body.count)
        }
        let request = try Request(upload.fields, context)
        let tensors = try RopeTensors(upload, isNamed: negotiation.body.holdsSeveral, request)
        let ropes = try tensors.all.compactMap { item in
            try item.operation?.rope(engine, request.source).map { (name: item.name, rope: $0) }
        }
        let warnings = request.warnings + tensors.warnings
        let answered = tensors.answered
        let format = try negotiation.answer(
            holding: answered.count, of: answered.count == 1 ? answered[0].bytes.form.type.floating : nil)
        clock.end(.decode)
        try cancellation.check()
        if format == .json {
            let y = try turned(answered[0], reservation, beside: body.count, working: upload.workingByteCount)
            clock.end(.compute)
            return try respond(y, form: .nested, ropes.first?.rope, warnings, reservation, &clock)
        }
        // A format of one tensor leaves out the positions.
        let written = format.holdsSeveral ? tensors.all : answered
        var answer = try BinaryAnswer(
            format,
            written.map {
                .init(name: negotiation.body.holdsSeveral ? $0.name : "y", form: try $0.answerForm)
            },
            description: .init(ropes, warnings: warnings, metadata: upload.metadata), writer, reservation,
            beside: body.count, working: upload.workingByteCount + (written.map { $0.scratchByteCount }.max() ?? 0))
        for (index, tensor) in written.enumerated() {
            try cancellation.check()
            if let operation = tensor.operation {
                try answer.run(operation, on: tensor.bytes, named: tensor.name, as: index, by: engine)
            } else {
                answer.put(tensor.bytes, as: index)
            }
        }
        clock.end(.compute)
        return answer.response(&clock)
    }

    /// The one tensor of an answer in JSON, which has no infinities, moved or computed.
    private func turned(
        _ item: RopeTensors.Item, _ reservation: ByteBudget.Reservation, beside bodyCount: Int, working: Int
    ) throws -> AnyTensor {
        guard let operation = item.operation, let type = item.bytes.form.type.floating else {
            preconditionFailure("a tensor that is answered alone is computed")
        }
        let (count, scratch) = (operation.shape.count, max(item.bytes.scratchByteCount, item.scratchByteCount))
        // The elements as they are read, as they are computed and as they are rounded.
        try writer.adjust(
            reservation, toBytes: working + 3 * scratch + writer.jsonBytes(count, type.scalar), elements: count,
            beside: bodyCount)
        let y = type.rounded(operation.run(try item.bytes.tensor(), by: engine))
        if y.firstNonFinite != nil { try Problem.check(item.bytes, operation.sourceShape, item.name) }
        try Problem.check(y, "y", of: type)
        return y
    }

    private func respond(
        _ y: AnyTensor, form: JSONTensor.Form, _ rope: RopeDescription?, _ warnings: [String],
        _ reservation: ByteBudget.Reservation, _ clock: inout PhaseClock
    ) throws -> HTTPResponse {
        let answer = RopeAnswer(
            rope: rope, shape: y.shape.axes, warnings: warnings.isEmpty ? nil : warnings,
            y: JSONTensor(y, form: form))
        var response = try writer.response(answer, reservation, vary: "Accept")
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }
}

private struct RopeAnswer: Encodable {
    let rope: RopeDescription?
    let shape: [Int]
    let warnings: [String]?
    let y: JSONTensor
}
