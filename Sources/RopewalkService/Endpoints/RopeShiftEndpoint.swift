import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `POST /rope/shift`: keys that are turned already, moved on by some positions.
struct RopeShiftEndpoint: Endpoint {
    let engine: RotaryEngine
    let writer: AnswerWriter
    let context: RequestContext

    func check(_ head: HTTPRequest) throws {
        try JSONBody.check(head)
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        try Negotiation.checkUntyped(request, example: #"{"x":[[1,0]],"by":-1}"#)
        return try .work(estimatedAt: RopeApplyEndpoint.cost(of: request.body)) { try respond(to: request.body, $0) }
    }

    private func respond(to body: Data, _ cancellation: Cancellation) throws -> HTTPResponse {
        var clock = PhaseClock()
        let reader = try JSONReader(body, maxNumbers: writer.maxElements)
        let reservation = try writer.reserve(atMost: reader.numberCount, beside: body.count)
        let shift = try reader.read(RopeShiftRequest.self, configuration: context)
        try writer.adjust(reservation, to: shift.x.tensor.shape.count, shift.x.tensor.type, beside: body.count)
        clock.end(.decode)
        try cancellation.check()
        // Distances are no positions: they choose no ladder.
        let tables = try engine.tables(for: shift.parameters, reaching: [0], from: shift.source)
        let shifted = engine.rotate(
            shift.x.tensor, at: shift.distances, reaching: [0], by: shift.parameters, .shift)
        try Problem.check(shifted, "y")
        clock.end(.compute)
        try cancellation.check()
        let answer = RopeApplyEndpoint.Answer(
            rope: RopeDescription(shift.parameters, tables, shift.source), shape: shifted.shape.axes,
            warnings: shift.warnings.isEmpty ? nil : shift.warnings, y: JSONTensor(shifted, form: shift.x.form))
        var response = try writer.response(answer, reservation)
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }
}
