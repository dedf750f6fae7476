import FoundationEssentials
import PositionalEncoding

/// Reads a request's JSON: the one way from bytes to values.
///
/// Arrays of numbers and booleans are read in the pass that holds the text to RFC 8259. The decoder sees an envelope in
/// which `[]` stands in the place of each; `JSONTensor`, `JSONMask` and `NumberList` find theirs by that place.
package struct JSONReader {
    private let envelope: Data
    private let arrays: JSONArrays
    /// How many numbers the text holds.
    package let numberCount: Int

    /// Holds the text to RFC 8259. A member of its object may hold `maxNumbers` numbers.
    ///
    /// Throws `JSONSyntaxError` where it is not JSON, `InvalidValue` where a number is too large or there are too many.
    package init(_ text: Data, maxNumbers: Int = .max) throws {
        // Offsets count from the first byte, and those of a slice of other data do not.
        let text = text.startIndex == 0 ? text : Data(text)
        var scanner = JSONScanner(maxNumbers: maxNumbers, guess: Self.guess(text.span))
        try scanner.scan(text.span)
        arrays = JSONArrays(scanner.arrays, strings: scanner.longStrings, in: text)
        envelope = scanner.envelope(of: text)
        numberCount = scanner.totalNumberCount
    }

    /// What numbers are wanted as, by a look at where `"dtype":"float64"` may stand: a guess that only saves time.
    static func guess(_ text: Span<UInt8>) -> ScalarType {
        let reach = min(256, text.count)
        let isWide = hasWide(text.extracting(first: reach)) || hasWide(text.extracting(last: reach))
        return isWide ? .float64 : .float32
    }

    private static func hasWide(_ text: Span<UInt8>) -> Bool {
        // Asked for once: each time takes as long as a byte.
        let word = wide
        for place in text.indices where text[place] == UInt8(ascii: "f") {
            if begins(text.extracting(place...), with: word) { return true }
        }
        return false
    }

    private static func begins(_ text: Span<UInt8>, with word: [UInt8]) -> Bool {
        guard text.count >= word.count else { return false }
        for place in word.indices where text[place] != word[place] { return false }
        return true
    }

    private static let wide = Array(ScalarType.float64.rawValue.utf8)

    /// Decodes a value of which no part is left to a lenient parser.
    ///
    /// Throws `InvalidValue` where a value is not what the type wants, and what the type's own `init(from:)` throws.
    package func read<Value: DecodableWithConfiguration>(
        _ type: Value.Type, configuration: Value.DecodingConfiguration
    ) throws -> Value {
        do {
            let decoder = JSONDecoder()
            decoder.userInfo[JSONArrays.key] = arrays
            return try decoder.decode(type, from: envelope, configuration: configuration)
        } catch let error as DecodingError {
            throw InvalidValue(error)
        }
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
