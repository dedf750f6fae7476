import PositionalEncoding

/// What the frequencies of a ladder mean, pair by pair.
struct PairExplanation {
    /// In rad per position.
    let inverseFrequencies: [Double]
    /// In positions; nil where a pair does not turn, or too slowly for a wavelength in float64.
    let wavelengths: [Double?]
    /// How often a pair turns over the original context; nil where that is not known, and of a pair where it is not finite.
    let originalTurns: [Double?]?
    let extendedTurns: [Double?]?
    /// In which part of its scaling's ramp a pair falls; nil where there is no ramp.
    let regions: [Region]?

    enum Region: String, Encodable {
        case kept, blended, interpolated
    }

    init(_ table: FrequencyTable, contexts: (original: Double?, extended: Double?)) {
        inverseFrequencies = table.inverseFrequencies
        func finite(_ numbers: [Double]) -> [Double?] {
            numbers.map { $0.isFinite ? $0 : nil }
        }
        func turns(over length: Double) -> [Double?] {
            finite(table.inverseFrequencies.map { length * $0.magnitude / (2 * Double.pi) })
        }
        wavelengths = finite(table.wavelengths)
        originalTurns = contexts.original.map(turns)
        extendedTurns = contexts.extended.map(turns)
        regions = table.interpolation?.map { $0 == 0 ? .kept : $0 == 1 ? .interpolated : .blended }
    }

    /// A table with a line a pair: names of columns, and of each the numbers or words, empty where there is none.
    func columns(_ rows: RotaryRows<Double>?, at positions: [Double]?) -> [(name: String, cells: [Cell])] {
        var columns: [(name: String, cells: [Cell])] = [
            ("pair", inverseFrequencies.indices.map { .number(Double($0)) }),
            ("inv_freq", inverseFrequencies.map { .number($0) }),
            ("wavelength", Self.cells(wavelengths)),
        ]
        if let originalTurns { columns.append(("turns_original", Self.cells(originalTurns))) }
        if let extendedTurns { columns.append(("turns_extended", Self.cells(extendedTurns))) }
        if let regions { columns.append(("region", regions.map { .word($0.rawValue) })) }
        let pairs = inverseFrequencies.count
        for (index, position) in (positions ?? []).enumerated() {
            for (name, values) in [("cos", rows?.cosines), ("sin", rows?.sines)] {
                let values = values.map { $0[index * pairs..<(index + 1) * pairs] } ?? []
                columns.append(("\(name)(\(position.shortest))", values.map { .number($0) }))
            }
        }
        return columns
    }

    private static func cells(_ numbers: [Double?]) -> [Cell] {
        numbers.map { $0.map { .number($0) } ?? .word("") }
    }

    enum Cell {
        case number(Double)
        case word(String)
    }
}
