import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `GET /frequencies`: the ladder of a set of parameters, and its cosines and sines at positions.
struct FrequenciesEndpoint: Endpoint {
    let engine: RotaryEngine
    let writer: AnswerWriter
    let models: ModelCatalog
    let answers: AnswerCache

    /// Measured: what an answer costs at least, and for each number in it.
    private static let nanoseconds = (request: 22_000, number: 70)

    /// What the query names, or else what Accept likes best. Throws where it cannot hold the answer, or there is none.
    private static func format(_ query: FrequenciesQuery, _ head: HTTPRequest) throws -> FrequenciesFormat {
        let formats = FrequenciesFormat.all(holdingPositions: query.positions != nil)
        func reason(_ types: String) -> String? {
            query.positions == nil
                ? nil : "with positions the answer has several tensors, which \(types) can hold, and no .npy can"
        }
        if let format = query.format {
            guard formats.contains(format) else {
                let types = formats.map(\.mediaType).joined(separator: ", ")
                throw Problem(.notAcceptable, at: .parameter("format"), reason(types) ?? "")
            }
            return format
        }
        return formats[try Negotiation.choice(of: formats.map(\.mediaType), head, because: reason)]
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        let key = AnswerCache.Key(request, edition: models.edition)
        if let known = answers.answer(for: key), let reservation = writer.budget.reserve(known.body.count) {
            var response = EntityTag.respond(to: request, with: known)
            response.reservation = reservation
            return .now(response)
        }
        var clock = PhaseClock()
        let query = try FrequenciesQuery(QueryFields(request.target), models, maxElements: writer.maxElements)
        let cost = Self.nanoseconds.request + Self.nanoseconds.number * query.answerCount
        clock.end(.decode)
        return try .work(estimatedAt: cost) { [clock] cancellation in
            var clock = clock
            clock.restart()
            let response = try respond(to: request, query, &clock, cancellation)
            answers.keep(response, for: key)
            return EntityTag.respond(to: request, with: response)
        }
    }

    private func respond(
        to request: HTTPRequest, _ query: FrequenciesQuery, _ clock: inout PhaseClock, _ cancellation: Cancellation
    ) throws -> HTTPResponse {
        let format = try Self.format(query, request)
        if [.csv, .text].contains(format) { try query.checkColumns() }
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
        case .npy, .safetensors:
            response = try binaryResponse(format == .npy ? .npy : .safetensors, query, table, rows, reservation)
        }
        response = EntityTag.tagged(response, mayChange: models.mayChange && query.source.model != nil)
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }

    /// `inv_freq`, and where the format holds several tensors what else there is, in float64.
    private func binaryResponse(
        _ format: TensorFormat, _ query: FrequenciesQuery, _ table: FrequencyTable, _ rows: RotaryRows<Double>?,
        _ reservation: ByteBudget.Reservation
    ) throws -> HTTPResponse {
        let pairs = query.parameters.pairCount
        var tensors = [("inv_freq", [pairs], table.inverseFrequencies)]
        if format.holdsSeveral { tensors.append(("wavelengths", [pairs], table.wavelengths)) }
        if let rows, let positions = query.positions {
            tensors += [
                ("cos", [positions.count, pairs], rows.cosines), ("sin", [positions.count, pairs], rows.sines),
                ("positions", [positions.count], positions),
            ]
        }
        let description = BinaryAnswer.Description(
            try RopeDescription(query.parameters, query.source) { [table] }, warnings: query.warnings)
        var answer = try BinaryAnswer(
            format, tensors.map { .init(name: $0.0, form: try StoredShape(.float64, $0.1)) }, description: description,
            writer, reservation, beside: 0, working: 0)
        for (index, tensor) in tensors.enumerated() { answer.put(tensor.2, as: index) }
        return answer.response()
    }

    private func answer(
        _ query: FrequenciesQuery, _ table: FrequencyTable, _ rows: RotaryRows<Double>?, _ pairs: PairExplanation
    ) throws -> Answer {
        let axes = [query.positions?.count ?? 0, query.parameters.pairCount]
        return try Answer(
            attentionFactor: table.attentionFactor,
            base: Nullable(query.parameters.substitute == nil ? query.parameters.base : nil),
            cos: rows.map { JSONTensor($0.cosines, axes: axes) }, dim: query.parameters.dimension,
            inverseFrequencies: JSONTensor(table.inverseFrequencies, axes: [query.parameters.pairCount]),
            positions: query.positions.map { JSONTensor($0, axes: [$0.count]) }, regions: pairs.regions,
            rope: RopeDescription(query.parameters, query.source) { [table] },
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
