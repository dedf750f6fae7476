import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `GET /frequencies`: the ladder of a set of parameters, and its cosines and sines at positions.
struct FrequenciesEndpoint: Endpoint {
    let engine: RotaryEngine
    let writer: AnswerWriter
    let models: ModelCatalog

    /// Measured: what an answer costs at least, and for each number in it.
    private static let nanoseconds = (request: 22_000, number: 70)

    func check(_ head: HTTPRequest) throws {
        // A format in the query goes before the header, and is looked at with the rest of the query.
        guard head.target.queryItems?.contains(where: { $0.name == "format" }) != true else { return }
        _ = try Self.format(head)
    }

    private static func format(_ head: HTTPRequest) throws -> FrequenciesFormat {
        let types = FrequenciesFormat.allCases.map(\.mediaType)
        let index = try Negotiation.choice(of: types, head)
        return FrequenciesFormat.allCases[index]
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        var clock = PhaseClock()
        let query = try FrequenciesQuery(QueryFields(request.target), models, maxElements: writer.maxElements)
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
        let format = try query.format ?? Self.format(request)
        if format != .json { try query.checkColumns() }
        let reservation = try writer.reserve(atMost: query.answerCount)
        try writer.adjust(reservation, to: query.answerCount, .float64)
        let reach = query.positions.map { Positions.shared($0).reaches(rows: $0.count) }
        let table = try engine.tables(for: query.parameters, reaching: reach ?? [], from: query.source)[0]
        let rows = query.positions.map { table.rows(at: $0) }
        for (name, values) in [("cos", rows?.cosines), ("sin", rows?.sines)] {
            guard let values, let offset = values.firstIndex(where: { !$0.isFinite }) else { continue }
            let index = [offset / query.parameters.pairCount, offset % query.parameters.pairCount]
            throw Problem(.resultOverflow, at: .element(index), "\(name)\(index) is not finite in float64")
        }
        clock.end(.compute)
        try cancellation.check()
        let pairs = PairExplanation(table, contexts: query.contexts)
        var response: HTTPResponse
        switch format {
        case .json:
            response = try writer.response(answer(query, table, rows, pairs), reservation)
        case .csv, .text:
            let plain = PlainTable(columns: pairs.columns(rows, at: query.positions))
            let body = Data((format == .csv ? plain.csv : plain.aligned).utf8)
            _ = reservation.resize(to: body.count)
            response = HTTPResponse(
                status: 200, headers: ["Content-Type": "\(format.mediaType); charset=utf-8"], body: body,
                reservation: reservation)
        }
        response = EntityTag.respond(to: request, with: response)
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }

    private func answer(
        _ query: FrequenciesQuery, _ table: FrequencyTable, _ rows: RotaryRows<Double>?, _ pairs: PairExplanation
    ) -> Answer {
        let axes = [query.positions?.count ?? 0, query.parameters.pairCount]
        return Answer(
            attentionFactor: table.attentionFactor,
            base: Nullable(query.parameters.substitute == nil ? query.parameters.base : nil),
            cos: rows.map { JSONTensor($0.cosines, axes: axes) }, dim: query.parameters.dimension,
            inverseFrequencies: JSONTensor(table.inverseFrequencies, axes: [query.parameters.pairCount]),
            positions: query.positions.map { JSONTensor($0, axes: [$0.count]) }, regions: pairs.regions,
            rope: RopeDescription(query.parameters, [table], query.source),
            ropeType: query.parameters.scaling.name.rawValue, sin: rows.map { JSONTensor($0.sines, axes: axes) },
            turnsExtended: pairs.extendedTurns, turnsOriginal: pairs.originalTurns,
            warnings: query.warnings.isEmpty ? nil : query.warnings, wavelengths: pairs.wavelengths)
    }

    private struct Answer: Encodable {
        let attentionFactor: Double
        let base: Nullable<Double>
        let cos: JSONTensor?
        let dim: Int
        let inverseFrequencies: JSONTensor
        let positions: JSONTensor?
        let regions: [PairExplanation.Region]?
        let rope: RopeDescription
        let ropeType: String
        let sin: JSONTensor?
        let turnsExtended: [Double?]?
        let turnsOriginal: [Double?]?
        let warnings: [String]?
        let wavelengths: [Double?]

        enum CodingKeys: String, CodingKey {
            case attentionFactor = "attention_factor"
            case base, cos, dim
            case inverseFrequencies = "inv_freq"
            case positions, regions, rope
            case ropeType = "rope_type"
            case sin
            case turnsExtended = "turns_extended"
            case turnsOriginal = "turns_original"
            case warnings, wavelengths
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
