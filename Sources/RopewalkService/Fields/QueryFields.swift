import MicroHTTP
import PositionalEncoding
import TensorCoding

/// The keys of a query.
struct QueryFields: Fields, Sendable {
    /// As it came.
    let text: Substring
    private let values: [String: String]

    /// Throws where the query cannot be read or has a key twice.
    init(_ target: RequestTarget) throws {
        guard let items = target.queryItems else {
            throw Problem(
                .malformedRequest, "the query holds a % that is not followed by two hexadecimal digits of UTF-8 text")
        }
        var values: [String: String] = [:]
        for item in items {
            guard values.updateValue(item.value, forKey: item.name) == nil else {
                throw Problem(
                    .repeatedParameter, at: .parameter(item.name.clipped),
                    "\(item.name.clipped) is given more than once")
            }
        }
        text = target.query ?? ""
        self.values = values
    }

    var names: [String] { Array(values.keys) }

    func contains(_ name: String) -> Bool {
        values[name] != nil
    }

    func place(of name: String) -> Place {
        .parameter(name.clipped)
    }

    func place(of name: String, indices: [Int]) -> Place {
        place(of: name)
    }

    func number(_ name: String) throws -> Double {
        try number(string(name), of: name)
    }

    func boolean(_ name: String) throws -> Bool {
        switch try string(name) {
        case "true": return true
        case "false": return false
        case let text:
            throw Problem(
                .wrongType, at: .parameter(name), "\(name) must be true or false; this is \"\(text.clipped)\"")
        }
    }

    func string(_ name: String) throws -> String {
        guard let text = values[name] else { throw Problem(.missingField, at: .parameter(name), "\(name) is missing") }
        return text
    }

    /// Numbers with commas between them.
    func numbers(_ name: String) throws -> [Double] {
        let text = try string(name)
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ Self.isDecimal(String($0)) }) else {
            let example = name.hasSuffix("positions") ? ", as in 0,1,5, or a range, as in 0:4" : ""
            throw Problem(
                .wrongType, at: .parameter(name),
                parts.count == 1 && example.isEmpty
                    ? "\(name) must be a number; this is \"\(text.clipped)\""
                    : "\(name) must be numbers with commas between them\(example); this is \"\(text.clipped)\"")
        }
        return try parts.map { try number(String($0), of: name) }
    }

    func positions(_ name: String, rowCounts: ClosedRange<Int>) throws -> PositionList {
        let range = try positionRange(name)
        if let range, !rowCounts.contains(range.count) {
            guard rowCounts.count == 1 else {
                throw Problem(
                    .answerTooLarge, at: place(of: name),
                    "\(name) holds \(range.count.positions), and the answer may have at most \(rowCounts.upperBound.rows)"
                )
            }
            throw Problem(
                .shapeMismatch, at: place(of: name),
                "\(name) holds \(range.count.numbers), and the sequence has \(rowCounts.lowerBound.rows)")
        }
        let list = try range.map { $0.map(Double.init) } ?? numbers(name)
        return PositionList(numbers: list, axes: list.count == 1 ? [] : [list.count], isEitherWay: list.count == 1)
    }

    /// `0:16` for 0, 1, …, 15; nil where the value is no range. Throws where it is none that can be.
    func positionRange(_ name: String) throws -> Range<Int>? {
        let text = try string(name)
        let place = place(of: name)
        let ends = text.split(separator: ":", omittingEmptySubsequences: false)
        guard ends.count > 1 else {
            if let meant = Self.otherRange(text) {
                throw Problem(
                    .wrongType, at: place,
                    "\(name) \"\(text.clipped)\" is no list of numbers; a range is written \(meant.first):\(meant.last), whose end is excluded, or \(meant.first):\(meant.last + 1) with its end"
                )
            }
            return nil
        }
        guard ends.count == 2, ends.allSatisfy(Self.isWhole) else {
            throw Problem(
                .wrongType, at: place,
                "a range of positions is two whole numbers, as in 0:16; this is \"\(text.clipped)\"")
        }
        guard let first = Int(ends[0]), let end = Int(ends[1]), Positions.isInBounds(Double(first)),
            Positions.isInBounds(Double(end))
        else {
            throw Problem(
                .outOfRange, at: place, "a position is at most 2^53 in magnitude; the range is \(text.clipped)")
        }
        guard first < end else {
            throw Problem(.outOfRange, at: place, "the range \(text.clipped) is empty: its end is excluded")
        }
        return first..<end
    }

    /// The ends of a range as other tools write it: `0-4`, `0..4`, `0…4`.
    private static func otherRange(_ text: String) -> (first: Int, last: Int)? {
        for separator in ["..<", "...", "..", "…", "–", "-"] {
            let ends = text.split(separator: separator, omittingEmptySubsequences: false)
            guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first <= last, last < 1 << 53
            else { continue }
            return (first, last)
        }
        return nil
    }

    /// True of digits with a sign or none, also where they are too many for an Int.
    private static func isWhole(_ text: Substring) -> Bool {
        let digits = text.utf8.dropFirst(text.hasPrefix("+") || text.hasPrefix("-") ? 1 : 0)
        return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    func rotary(_ context: RequestContext) throws -> RotaryFields {
        try context.queries.rotary(of: self, context.models)
    }

    private static func isDecimal(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
            && Double(text) != nil
    }

    /// A decimal number that float64 can hold: also `01`, `+1` and `.5`, which are none in JSON.
    private func number(_ text: String, of name: String) throws -> Double {
        guard Self.isDecimal(text), let number = Double(text) else {
            throw Problem(.wrongType, at: .parameter(name), "\(name) must be a number; this is \"\(text.clipped)\"")
        }
        guard number.isFinite else {
            throw Problem(.numberOverflow, at: .parameter(name), "\(name) is larger than float64 can hold")
        }
        return number
    }
}
