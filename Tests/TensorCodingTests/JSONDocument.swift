import FoundationEssentials
import PositionalEncoding

@testable import TensorCoding

/// Any JSON value, arrays that were scanned and all others alike; the smallest type that `JSONReader` reads.
///
/// Foundation's decoder reads it alone as well, and then no array is `noTensor`.
enum JSONDocument: Equatable, DecodableWithConfiguration {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONDocument])
    /// An array of numbers or of booleans that is ragged, empty or too deep: of such no elements are kept.
    case noTensor(InvalidValue.Kind)
    case object([String: JSONDocument])

    /// What every type of a request is given; nothing here.
    struct Configuration {}

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder, configuration: Configuration) throws {
        if let scanned = try Self.scanned(decoder) {
            self = scanned
            return
        }
        // What there is most of goes first: each try that fails makes an error, which is slow.
        let value = try? decoder.singleValueContainer()
        if let number = try? value?.decode(Double.self) {
            self = .number(number)
        } else if let numbers = try? value?.decode([Double].self) {
            self = .array(numbers.map(JSONDocument.number))
        } else if var array = try? decoder.unkeyedContainer() {
            var elements: [JSONDocument] = []
            while !array.isAtEnd {
                elements.append(try JSONDocument(from: array.superDecoder(), configuration: configuration))
            }
            self = .array(elements)
        } else if let string = try? value?.decode(String.self) {
            self = .string(string)
        } else if let boolean = try? value?.decode(Bool.self) {
            self = .boolean(boolean)
        } else if value?.decodeNil() == true {
            self = .null
        } else {
            let object = try decoder.container(keyedBy: Key.self)
            var members: [String: JSONDocument] = [:]
            for key in object.allKeys {
                members[key.stringValue] = try JSONDocument(
                    from: object.superDecoder(forKey: key), configuration: configuration)
            }
            self = .object(members)
        }
    }

    /// The array that was scanned at the decoder's place; nil where there is none. Throws where a number in it is too large.
    private static func scanned(_ decoder: any Decoder) throws -> JSONDocument? {
        guard let value = decoder as? JSONValue else { return nil }
        do {
            if value.array?.beginsWithBoolean == true {
                let tensor = try value.tensor(of: Bool.self, maxElements: .max)
                return tensor.map { nested($0.elements.map(JSONDocument.boolean)[...], $0.shape.axes[...]) }
            }
            let tensor = try value.tensor(of: Double.self, maxElements: .max)
            return tensor.map { nested($0.elements.map(JSONDocument.number)[...], $0.shape.axes[...]) }
        } catch let error as InvalidValue {
            switch error.kind {
            case .wrongType: return nil
            case .ragged, .empty, .shapeMismatch: return .noTensor(error.kind)
            default: throw error
            }
        }
    }

    private static func nested(_ elements: ArraySlice<JSONDocument>, _ axes: ArraySlice<Int>) -> JSONDocument {
        guard let axis = axes.first, axes.count > 1 else { return .array(Array(elements)) }
        let length = elements.count / axis
        return .array(
            (0..<axis).map { index in
                nested(
                    elements[elements.startIndex + index * length..<elements.startIndex + (index + 1) * length],
                    axes.dropFirst())
            })
    }
}
