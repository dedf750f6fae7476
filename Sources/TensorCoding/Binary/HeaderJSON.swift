/// JSON of a form that is known beforehand, read strictly: what stands in the place of something else is refused there.
struct HeaderJSON {
    private let text: [UInt8]
    private var scanner = JSONScanner()

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// Reads an object, of each member the key here and the value in `member`.
    ///
    /// Throws `TensorFormatError` where it is none, and where two keys that count are alike as people read them.
    mutating func object(
        counting counts: (String) -> Bool = { _ in true },
        _ member: (inout HeaderJSON, _ key: String) throws(TensorFormatError) -> Void
    ) throws(TensorFormatError) {
        guard take("{") else { throw expected("\"{\"") }
        var keys: Set<String> = []
        if take("}") { return }
        repeat {
            let start = scanner.offset
            let key = try string("a name in quotes")
            guard !counts(key) || keys.insert(key).inserted else {
                throw TensorFormatError(
                    .duplicateName, "the header has the name \"\(key.clipped)\" twice, again at byte \(start)")
            }
            guard take(":") else { throw expected("\":\"") }
            try member(&self, key)
        } while take(",")
        guard take("}") else { throw expected("\",\" or \"}\"") }
    }

    mutating func string(_ what: String) throws(TensorFormatError) -> String {
        guard scanner.peek(text.span) == UInt8(ascii: "\"") else { throw expected(what) }
        return try scanning { scanner, text throws in try scanner.string(text) }
    }

    /// What a part of the scanner reads here, and the white space after it.
    private mutating func scanning<Value>(
        _ read: (inout JSONScanner, Span<UInt8>) throws -> Value
    ) throws(TensorFormatError) -> Value {
        do {
            let text = text
            let value = try read(&scanner, text.span)
            skipSpace()
            return value
        } catch let error as JSONSyntaxError {
            throw TensorFormatError(.malformed, "the header is no JSON at byte \(error.offset): \(error.reason)")
        } catch {
            preconditionFailure("strings and numbers have no other errors")
        }
    }

    /// Reads `null` where it is here.
    mutating func takeNull() -> Bool { take(word: "null") }

    /// Passes over a value of any kind, `depth` arrays and objects deep.
    ///
    /// Throws `TensorFormatError` where it is not JSON, or nested deeper than safetensors' own reader takes it.
    mutating func skipValue(depth: Int) throws(TensorFormatError) {
        let start = scanner.offset
        switch scanner.peek(text.span) {
        case UInt8(ascii: "{"):
            try enter(depth)
            try object(counting: { _ in false }) { json, _ throws(TensorFormatError) in
                try json.skipValue(depth: depth + 1)
            }
        case UInt8(ascii: "["):
            try enter(depth)
            _ = take("[")
            if take("]") { return }
            repeat { try skipValue(depth: depth + 1) } while take(",")
            guard take("]") else { throw expected("\",\" or \"]\"") }
        case UInt8(ascii: "\""): _ = try string("a string")
        case let byte? where byte.isDigit || byte == UInt8(ascii: "-"):
            try scanning { scanner, text throws in try scanner.number(text) }
            guard scanner.refusal == nil else {
                throw TensorFormatError(
                    .malformed, "the number at byte \(start) of the header is too large for float64")
            }
        default: guard take(word: "true") || take(word: "false") || takeNull() else { throw expected("a value") }
        }
    }

    /// Of the arrays and objects around a value.
    private static let maxDepth = 127

    private func enter(_ depth: Int) throws(TensorFormatError) {
        guard depth < Self.maxDepth else {
            throw TensorFormatError(
                .malformed, "the header is nested more than \(Self.maxDepth) deep at byte \(scanner.offset)")
        }
    }

    /// Reads an array of them, possibly empty.
    mutating func wholeNumbers() throws(TensorFormatError) -> [Int] {
        guard take("[") else { throw expected("\"[\"") }
        if take("]") { return [] }
        var numbers: [Int] = []
        repeat { numbers.append(try wholeNumber()) } while take(",")
        guard take("]") else { throw expected("\",\" or \"]\" after a whole number") }
        return numbers
    }

    private mutating func wholeNumber() throws(TensorFormatError) -> Int {
        let start = scanner.offset
        while let byte = scanner.peek(text.span), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            scanner.offset += 1
        }
        let digits = String(decoding: text[start..<scanner.offset], as: UTF8.self)
        guard !digits.isEmpty, digits == "0" || !digits.hasPrefix("0") else {
            scanner.offset = start
            throw expected("a whole number")
        }
        guard let number = Int(digits) else {
            throw TensorFormatError(.badShape, "the number \(digits.clipped) is past any size")
        }
        skipSpace()
        return number
    }

    /// Throws `TensorFormatError` where anything but white space is left.
    mutating func end() throws(TensorFormatError) {
        skipSpace()
        guard scanner.offset == text.count else { throw expected("its end") }
    }

    func expected(_ what: String) -> TensorFormatError {
        TensorFormatError(
            .malformed,
            "the header has \(scanner.shown(text.span)) at byte \(scanner.offset), where \(what) is expected")
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard scanner.peek(text.span) == UInt8(ascii: sign) else { return false }
        scanner.offset += 1
        skipSpace()
        return true
    }

    private mutating func take(word: StaticString) -> Bool {
        var place = scanner.offset
        for byte in word.description.utf8 {
            guard place < text.count, text[place] == byte else { return false }
            place += 1
        }
        scanner.offset = place
        skipSpace()
        return true
    }

    mutating func skipSpace() {
        while let byte = scanner.peek(text.span), [0x20, 0x0A, 0x0D, 0x09].contains(byte) { scanner.offset += 1 }
    }
}
