import MicroHTTP
import TensorCoding

/// The keys of a query.
struct QueryFields: Fields {
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
        self.values = values
    }

    var names: [String] { Array(values.keys) }

    func contains(_ name: String) -> Bool {
        values[name] != nil
    }

    func place(of name: String) -> Place {
        .parameter(name.clipped)
    }

    func place(of name: String, index: Int) -> Place {
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
        try string(name).split(separator: ",", omittingEmptySubsequences: false).map {
            try number(String($0), of: name)
        }
    }

    /// A decimal number that float64 can hold: also `01`, `+1` and `.5`, which are none in JSON.
    private func number(_ text: String, of name: String) throws -> Double {
        let bytes = text.utf8
        let isDecimal = bytes.allSatisfy { (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
        guard isDecimal, let number = Double(text) else {
            throw Problem(.wrongType, at: .parameter(name), "\(name) must be a number; this is \"\(text.clipped)\"")
        }
        guard number.isFinite else {
            throw Problem(.numberOverflow, at: .parameter(name), "\(name) is larger than float64 can hold")
        }
        return number
    }
}
