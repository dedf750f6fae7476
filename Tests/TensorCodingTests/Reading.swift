import FoundationEssentials
import PositionalEncoding

@testable import TensorCoding

/// What the scanner says of a text.
func scan(_ text: some Sequence<UInt8>) throws {
    var scanner = JSONScanner()
    try scanner.scan(Array(text).span)
}

func scan(_ text: String) throws {
    try scan(text.utf8)
}

/// The error of a text; nil where the scanner accepts it, or has another.
func syntaxError(_ text: some Sequence<UInt8>) -> JSONSyntaxError? {
    do {
        try scan(text)
        return nil
    } catch {
        return error as? JSONSyntaxError
    }
}

func document(_ text: some Sequence<UInt8>) throws -> JSONDocument {
    try JSONReader(Data(Array(text))).read(JSONDocument.self, configuration: .init())
}

func document(_ text: String) throws -> JSONDocument {
    try document(text.utf8)
}

/// The error of a document, where it is one of values.
func invalidValue<Result>(_ body: () throws -> Result) -> InvalidValue? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? InvalidValue
    }
}
