import FoundationEssentials

/// Reads a request's JSON: the one way from bytes to values.
package struct JSONReader {
    private let text: Data
    private let zeros: [JSONScanner.Zero]
    /// How many numbers the text holds.
    package let numberCount: Int

    /// Holds the text to RFC 8259. A member of its object may hold `maxNumbers` numbers.
    ///
    /// Throws `JSONSyntaxError` where it is not JSON, `InvalidValue` where a number is too large or there are too many.
    package init(_ text: Data, maxNumbers: Int = .max) throws {
        var scanner = JSONScanner(maxNumbers: maxNumbers)
        try scanner.scan(text.span)
        self.text = text
        zeros = scanner.zeros
        numberCount = scanner.totalNumberCount
    }

    /// Decodes a value of which no part is left to a lenient parser.
    ///
    /// Throws `InvalidValue` where a value is not what the type wants, and what the type's own `init(from:)` throws.
    package func read<Value: DecodableWithConfiguration>(
        _ type: Value.Type, configuration: Value.DecodingConfiguration
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: text.with(zeros), configuration: configuration)
        } catch let error as DecodingError {
            throw InvalidValue(error)
        }
    }
}

extension Data {
    /// The text with plain zeros in place of those that Foundation refuses, such as `0e5` and `1e-400`; itself where there are none.
    fileprivate func with(_ zeros: [JSONScanner.Zero]) -> Data {
        guard !zeros.isEmpty else { return self }
        var text = Data(self)
        for zero in zeros {
            let digits = Array((zero.isNegative ? "-0" : "0").utf8)
            let padding = Array(repeating: UInt8(ascii: " "), count: zero.range.count - digits.count)
            text.replaceSubrange(zero.range, with: digits + padding)
        }
        return text
    }
}

extension InvalidValue {
    /// What Foundation says of a type that is not ours; ours throw `InvalidValue` themselves.
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .typeMismatch(let type, let context):
            self.init(.wrongType, at: JSONPointer(context.codingPath), "this is not a value of type \(type)")
        case .valueNotFound(let type, let context):
            self.init(.wrongType, at: JSONPointer(context.codingPath), "this is null and not a value of type \(type)")
        case .keyNotFound(let key, let context):
            self.init(.missingKey, at: JSONPointer(context.codingPath), "\(key.stringValue) is missing")
        case .dataCorrupted(let context):
            self.init(.wrongType, at: JSONPointer(context.codingPath), "this value cannot be read")
        @unknown default:
            self.init(.wrongType, at: JSONPointer(), "this value cannot be read")
        }
    }
}
