/// JSON of a form that is known beforehand, read strictly: what stands in the place of something else is refused there.
struct HeaderJSON {
    private let text: [UInt8]
    private var scanner = JSONScanner()

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// Reads an object, of each member the key here and the value in `member`.
    ///
    /// Throws `TensorFormatError` where it is none, and where two keys are alike as people read them.
    mutating func object(
        _ member: (inout HeaderJSON, _ key: String) throws(TensorFormatError) -> Void
    ) throws(TensorFormatError) {
        guard take("{") else { throw expected("\"{\"") }
        var keys: Set<String> = []
        if take("}") { return }
        repeat {
            let start = scanner.offset
            let key = try string("a name in quotes")
            guard keys.insert(key).inserted else {
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
        do {
            let text = text
            let string = try scanner.string(text.span)
            skipSpace()
            return string
        } catch let error as JSONSyntaxError {
            throw TensorFormatError(.malformed, "the header is no JSON at byte \(error.offset): \(error.reason)")
        } catch {
            preconditionFailure("a string has no other errors")
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

    private mutating func skipSpace() {
        while let byte = scanner.peek(text.span), [0x20, 0x0A, 0x0D, 0x09].contains(byte) { scanner.offset += 1 }
    }
}
