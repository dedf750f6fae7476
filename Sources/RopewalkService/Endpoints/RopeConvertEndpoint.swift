import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `POST /rope/convert`: the elements of pairs moved to where another layout has them.
struct RopeConvertEndpoint: Endpoint {
    let writer: AnswerWriter

    func check(_ head: HTTPRequest) throws {
        try JSONBody.check(head)
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        try Negotiation.checkUntyped(request, example: #"{"x":[[1,2,3,4]],"from":"interleaved","to":"half"}"#)
        return try .work(estimatedAt: RopeApplyEndpoint.cost(of: request.body)) { try respond(to: request.body, $0) }
    }

    private func respond(to body: Data, _ cancellation: Cancellation) throws -> HTTPResponse {
        var clock = PhaseClock()
        let reader = try JSONReader(body, maxNumbers: writer.maxElements)
        let reservation = try writer.reserve(atMost: reader.numberCount, beside: body.count)
        let convert = try reader.read(RopeConvertRequest.self, configuration: writer.maxElements)
        try writer.adjust(reservation, to: convert.x.tensor.shape.count, convert.x.tensor.type, beside: body.count)
        clock.end(.decode)
        let converted = convert.conversion.convert(convert.x.tensor, width: convert.width)
        clock.end(.compute)
        try cancellation.check()
        let answer = Answer(shape: converted.shape.axes, y: JSONTensor(converted, form: convert.x.form))
        var response = try writer.response(answer, reservation)
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }

    private struct Answer: Encodable {
        let shape: [Int]
        let y: JSONTensor
    }
}
