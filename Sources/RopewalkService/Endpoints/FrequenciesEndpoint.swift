import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `GET /frequencies`: the ladder of a set of parameters, and its cosines and sines at positions.
struct FrequenciesEndpoint: Endpoint {
    let engine: RotaryEngine
    let writer: AnswerWriter

    /// Measured: what an answer costs at least, and for each number in it.
    private static let nanoseconds = (request: 22_000, number: 70)

    func check(_ head: HTTPRequest) throws {
        try Negotiation.checkAccept(head)
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        var clock = PhaseClock()
        let query = try FrequenciesQuery(QueryFields(request.target), maxElements: writer.maxElements)
        let cost = Self.nanoseconds.request + Self.nanoseconds.number * query.answerCount
        clock.end(.decode)
        return try .work(estimatedAt: cost) { [clock] cancellation in
            var clock = clock
            clock.restart()
            return try respond(to: request, query, &clock, cancellation)
        }
    }

    private func respond(
        to request: HTTPRequest, _ query: FrequenciesQuery, _ clock: inout PhaseClock, _ cancellation: Cancellation
    ) throws -> HTTPResponse {
        let reservation = try writer.reserve(atMost: query.answerCount)
        try writer.adjust(reservation, to: query.answerCount, .float64)
        let table = engine.table(for: query.parameters)
        let rows = query.positions.map { table.rows(at: $0) }
        for (name, values) in [("cos", rows?.cosines), ("sin", rows?.sines)] {
            guard let values, let offset = values.firstIndex(where: { !$0.isFinite }) else { continue }
            let index = [offset / query.parameters.pairCount, offset % query.parameters.pairCount]
            throw Problem(.resultOverflow, at: .element(index), "\(name)\(index) is not finite in float64")
        }
        clock.end(.compute)
        try cancellation.check()
        let axes = [query.positions?.count ?? 0, query.parameters.pairCount]
        let answer = Answer(
            attentionFactor: table.attentionFactor, base: query.parameters.base,
            cos: rows.map { JSONTensor($0.cosines, axes: axes) }, dim: query.parameters.dimension,
            inverseFrequencies: JSONTensor(table.inverseFrequencies, axes: [query.parameters.pairCount]),
            positions: query.positions.map { JSONTensor($0, axes: [$0.count]) },
            rope: RopeDescription(query.parameters, table), ropeType: query.parameters.scaling.name.rawValue,
            sin: rows.map { JSONTensor($0.sines, axes: axes) },
            warnings: query.warnings.isEmpty ? nil : query.warnings,
            wavelengths: table.wavelengths.map { $0.isFinite ? $0 : nil })
        var response = EntityTag.respond(to: request, with: try writer.response(answer, reservation))
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }

    private struct Answer: Encodable {
        let attentionFactor: Double
        let base: Double
        let cos: JSONTensor?
        let dim: Int
        let inverseFrequencies: JSONTensor
        let positions: JSONTensor?
        let rope: RopeDescription
        let ropeType: String
        let sin: JSONTensor?
        let warnings: [String]?
        let wavelengths: [Double?]

        enum CodingKeys: String, CodingKey {
            case attentionFactor = "attention_factor"
            case base, cos, dim
            case inverseFrequencies = "inv_freq"
            case positions, rope
            case ropeType = "rope_type"
            case sin, warnings, wavelengths
        }
    }
}

extension JSONTensor {
    /// float64 numbers as nested arrays of some axes.
    fileprivate init(_ numbers: [Double], axes: [Int]) {
        guard let shape = TensorShape(axes) else { preconditionFailure("a table has rows, and a row has pairs") }
        self.init(.float64(Tensor(shape: shape, elements: numbers)), form: .nested)
    }
}
