/// What numpy writes of Python's literals: a dictionary of strings, booleans and tuples of whole numbers.
struct PythonLiteral {
    enum Value {
        case string(String)
        case boolean(Bool)
        case tuple([Int])
    }

    private let text: [UInt8]
    private var offset = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The members in their order. Throws `TensorFormatError` where the text is not one dictionary, or a key is given twice.
    mutating func dictionary() throws(TensorFormatError) -> [(key: String, value: Value)] {
        var members: [(key: String, value: Value)] = []
        skipSpace()
        try expect("{")
        while !take("}") {
            let key = try string()
            guard !members.contains(where: { $0.key == key }) else {
                throw TensorFormatError(.malformed, "the header has the key '\(key.clipped)' twice")
            }
            try expect(":")
            let value = try value()
            members.append((key, value))
            guard take(",") else {
                try expect("}")
                break
            }
        }
        guard offset == text.count else { throw error("the end of the header") }
        return members
    }

    private mutating func value() throws(TensorFormatError) -> Value {
        switch peek {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "("): return .tuple(try tuple())
        case UInt8(ascii: "["):
            throw TensorFormatError(
                .unsupported,
                "the header has a list at byte \(offset): elements with fields are not read, and a shape is a tuple, as (2, 3)"
            )
        case UInt8(ascii: "T"):
            try expect(word: "True")
            return .boolean(true)
        case UInt8(ascii: "F"):
            try expect(word: "False")
            return .boolean(false)
        default: throw error("a string, a tuple, True or False")
        }
    }

    private mutating func string() throws(TensorFormatError) -> String {
        guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw error("a string in quotes")
        }
        offset += 1
        let start = offset
        while let byte = peek, byte != quote {
            guard (0x20...0x7E).contains(byte), byte != UInt8(ascii: "\\") else { throw error("a letter or digit") }
            offset += 1
        }
        let string = String(decoding: text[start..<offset], as: UTF8.self)
        guard peek == quote else { throw error("the end of a string") }
        offset += 1
        skipSpace()
        return string
    }

    /// `(2, 3)`, `(3,)` or `()`; with `3L` for 3, as Python 2 wrote it.
    private mutating func tuple() throws(TensorFormatError) -> [Int] {
        try expect("(")
        var numbers: [Int] = []
        while !take(")") {
            numbers.append(try wholeNumber())
            guard take(",") else {
                // (3) is a number in brackets.
                guard numbers.count > 1 else { throw error("\",\"") }
                try expect(")")
                break
            }
        }
        return numbers
    }

    private mutating func wholeNumber() throws(TensorFormatError) -> Int {
        let start = offset
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
        let digits = String(decoding: text[start..<offset], as: UTF8.self)
        guard !digits.isEmpty, digits == "0" || !digits.hasPrefix("0") else {
            offset = start
            throw error("a whole number")
        }
        guard let number = Int(digits) else {
            throw TensorFormatError(.badShape, "the shape has an axis of length \(digits.clipped), which is too long")
        }
        if peek == UInt8(ascii: "L") { offset += 1 }
        skipSpace()
        return number
    }

    private var peek: UInt8? { offset < text.count ? text[offset] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0D).contains(byte) { offset += 1 }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: sign) else { return false }
        offset += 1
        skipSpace()
        return true
    }

    private mutating func expect(_ sign: Unicode.Scalar) throws(TensorFormatError) {
        guard take(sign) else { throw error("\"\(sign)\"") }
    }

    private mutating func expect(word: StaticString) throws(TensorFormatError) {
        let start = offset
        for byte in word.description.utf8 {
            guard peek == byte else {
                offset = start
                throw error("\"\(word)\"")
            }
            offset += 1
        }
        skipSpace()
    }

    private func error(_ expected: String) -> TensorFormatError {
        let found =
            switch peek {
            case nil: "its end"
            case let byte? where byte.isInWord:
                "\"\(String(decoding: text[offset...].prefix { $0.isInWord }, as: UTF8.self).clipped)\""
            case let byte? where (0x21...0x7E).contains(byte): "\"\(Character(Unicode.Scalar(byte)))\""
            case let byte?: "the byte 0x\(String(byte, radix: 16))"
            }
        return TensorFormatError(
            .malformed,
            "the header is no dictionary that numpy writes: expected \(expected) at byte \(offset), found \(found)")
    }
}
