import PositionalEncoding
import TensorCoding

/// The query of `GET /frequencies`, valid once read.
struct FrequenciesQuery: Sendable {
    static let names = ["dim"] + RotaryFields.queryNames + ["positions", "format"]

    let parameters: RotaryParameters
    let positions: [Double]?
    let contexts: (original: Double?, extended: Double?)
    let source: RopeSource
    /// nil leaves it to the Accept header.
    let format: FrequenciesFormat?
    let warnings: [String]

    /// `maxElements` is what the answer may hold.
    init(_ fields: QueryFields, _ models: ModelCatalog, maxElements: Int) throws {
        try fields.refuseAll(but: Self.names)
        let rotary = try RotaryFields(fields, models, mustNameLayout: false)
        let dimension = try fields.ifGiven("dim", fields.integer) ?? rotary.headDimension ?? fields.integer("dim")
        warnings = rotary.warnings
        contexts = rotary.contexts
        source = rotary.source
        format = try fields.ifGiven("format") { try fields.choice($0, of: FrequenciesFormat.self) }
        parameters = try rotary.parameters(dimension: dimension, at: .parameter("dim")) { "dim is \($0)" }
        let pairCount = parameters.pairCount
        positions = try fields.ifGiven("positions") {
            try Self.positions($0, fields, pairCount: pairCount)
        }
        guard answerCount <= maxElements else { throw AnswerWriter.tooManyElements(answerCount, limit: maxElements) }
    }

    /// How many numbers the answer holds.
    var answerCount: Int {
        5 * parameters.pairCount + (positions?.count ?? 0) * (2 * parameters.pairCount + 1)
    }

    /// Throws where the answer would be a table of more columns than anybody reads.
    func checkColumns() throws {
        let count = positions?.count ?? 0
        guard count <= Limits.maxTablePositions else {
            throw Problem(
                .answerTooLarge, at: .parameter("positions"),
                "\(count.positions) are asked for, two columns each, and the fixed limit of a table as text is \(Limits.maxTablePositions); JSON has more"
            )
        }
    }

    /// `0,1,5`, or `0:16` for 0, 1, …, 15.
    private static func positions(_ name: String, _ fields: QueryFields, pairCount: Int) throws -> [Double] {
        if let range = try fields.positionRange(name) {
            try check(count: range.count, pairCount)
            return range.map(Double.init)
        }
        let list = try fields.numbers(name)
        try check(count: list.count, pairCount)
        if let outside = list.first(where: { !Positions.isInBounds($0) }) {
            throw Problem(
                .outOfRange, at: fields.place(of: name),
                "a position is at most 2^53 in magnitude; this is \(outside.shortest)")
        }
        return list
    }

    private static func check(count: Int, _ pairCount: Int) throws {
        let (elements, overflow) = count.multipliedReportingOverflow(by: pairCount)
        guard !overflow, elements <= Limits.maxTableElements else {
            throw Problem(
                .answerTooLarge, at: .parameter("positions"),
                "\(count.positions) × \(pairCount.pairs) are asked for, and the fixed limit is \(Limits.maxTableElements)"
            )
        }
    }
}
