import FoundationEssentials
import PositionalEncoding

/// Reads a request's JSON: the one way from bytes to values.
///
/// What stands in the text is found, and arrays of numbers and booleans are read, in the one pass that holds it to RFC 8259.
/// A type decodes itself from what was found: `JSONTensor`, `JSONMask` and `NumberList` take the arrays.
package struct JSONReader {
    private let table: JSONTable
    /// How many numbers the text holds.
    package let numberCount: Int

    /// Holds the text to RFC 8259. A member of its object may hold `maxNumbers` numbers.
    ///
    /// Throws `JSONSyntaxError` where it is not JSON, `InvalidValue` where a number is too large or there are too many.
    package init(_ text: Data, maxNumbers: Int = .max) throws {
        // Offsets count from the first byte, and those of a slice of other data do not.
        let text = text.startIndex == 0 ? text : Data(text)
        var scanner = JSONScanner(maxNumbers: maxNumbers, guess: Self.guess(text.span))
        do {
            try scanner.scan(text.span)
        } catch let error as JSONSyntaxError where error.pointer.steps.isEmpty && error.offset < Self.longestMagic {
            // Of an object or array, this is inside.
            guard let file = ForeignFile(text), file.mediaType != ForeignFile.json else { throw error }
            throw error.adding("; \(file.detail)")
        }
        table = JSONTable(text, rows: scanner.rows, arrays: scanner.arrays)
        numberCount = scanner.totalNumberCount
    }

    /// What tells formats of files apart comes before as many bytes.
    private static let longestMagic = 64

    /// What numbers are wanted as, by a look at where `"dtype":"float64"` may stand: a guess that only saves time.
    static func guess(_ text: Span<UInt8>) -> ScalarType {
        let reach = min(256, text.count)
        let isWide =
            text.extracting(first: reach).contains("float64") || text.extracting(last: reach).contains("float64")
        return isWide ? .float64 : .float32
    }

    /// Decodes a value.
    ///
    /// Throws `InvalidValue` where a value is not what the type wants, and what the type's own `init(from:)` throws.
    package func read<Value: DecodableWithConfiguration>(
        _ type: Value.Type, configuration: Value.DecodingConfiguration
    ) throws -> Value {
        do {
            return try Value(from: JSONValue(table), configuration: configuration)
        } catch let error as DecodingError {
            throw InvalidValue(error)
        }
    }
}

extension InvalidValue {
    /// What the standard library says of its types; ours throw `InvalidValue` themselves.
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
