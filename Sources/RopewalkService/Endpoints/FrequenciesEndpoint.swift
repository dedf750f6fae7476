import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `GET /frequencies`: the ladder of a set of parameters, and its cosines and sines at positions.
struct FrequenciesEndpoint: Endpoint {
    let engine: RotaryEngine
    let writer: AnswerWriter

    /// Measured with Foundation's encoder: what an answer costs at least, and for each number in it.
    private static let nanoseconds = (request: 22_000, number: 400)

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
        let answer = Answer(
            attentionFactor: table.attentionFactor, base: query.parameters.base,
            cos: rows.map { Grid($0.cosines, columns: query.parameters.pairCount) }, dim: query.parameters.dimension,
            inverseFrequencies: table.inverseFrequencies, positions: query.positions,
            rope: RopeDescription(query.parameters, table), ropeType: query.parameters.scaling.name.rawValue,
            sin: rows.map { Grid($0.sines, columns: query.parameters.pairCount) },
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
        let cos: Grid?
        let dim: Int
        let inverseFrequencies: [Double]
        let positions: [Double]?
        let rope: RopeDescription
        let ropeType: String
        let sin: Grid?
        let warnings: [String]?
        let wavelengths: [Double?]

        enum CodingKeys: String, CodingKey {
            case attentionFactor = "attention_factor"
            case base, cos, dim, positions, rope, sin, warnings, wavelengths
            case inverseFrequencies = "inv_freq"
            case ropeType = "rope_type"
        }
    }

    /// `[n, p]` numbers as nested arrays.
    private struct Grid: Encodable {
        private let rows: [ArraySlice<Double>]

        init(_ numbers: [Double], columns: Int) {
            rows = stride(from: 0, to: numbers.count, by: columns).map { numbers[$0..<$0 + columns] }
        }

        func encode(to encoder: any Encoder) throws {
            var array = encoder.unkeyedContainer()
            for row in rows { try array.encode(Array(row)) }
        }
    }
}
