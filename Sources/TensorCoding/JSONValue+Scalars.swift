import FoundationEssentials

extension JSONValue: SingleValueDecodingContainer {
    package func decodeNil() -> Bool {
        if case .null = content { true } else { false }
    }

    package func decode(_ type: Bool.Type) throws -> Bool {
        guard case .boolean(let value) = content else { throw mismatch(type) }
        return value
    }

    package func decode(_ type: String.Type) throws -> String {
        guard case .string(let isPlain) = content else { throw mismatch(type) }
        if isPlain { return text.span.string(range.dropFirst().dropLast()) }
        return try JSONScanner.string(text.span, at: range.lowerBound)
    }

    package func decode(_ type: Double.Type) throws -> Double { try number() }
    package func decode(_ type: Float.Type) throws -> Float { try number() }

    /// Any number of integer value.
    package func decode<Integer: FixedWidthInteger & Decodable>(_ type: Integer.Type) throws -> Integer {
        guard case .number = content else { throw mismatch(type) }
        let digits = text.span.string(range)
        if let integer = Integer(digits) { return integer }
        let isWhole = digits.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") }
        guard !isWhole, let integer = try Integer(exactly: number() as Double) else { throw unfit(type) }
        return integer
    }

    package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }

    /// The bytes that a string stands for, where they are in the text if they can be; nil of what is no string.
    var stringBytes: Data? {
        if case .string(isPlain: true) = content { return text[range.dropFirst().dropLast()] }
        return (try? decode(String.self)).map { Data($0.utf8) }
    }

    /// Rounded once.
    private func number<Scalar: DecimalScalar>() throws -> Scalar {
        guard case .number = content else { throw mismatch(Scalar.self) }
        guard let number: Scalar = text.span.number(range) else { throw unfit(Scalar.self) }
        return number
    }

    private func unfit(_ type: any Any.Type) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: "this number is no \(type)"))
    }
}
