extension JSONScanner {
    mutating func number(_ text: Span<UInt8>) throws {
        let start = offset
        if peek(text) == UInt8(ascii: "-") { offset += 1 }
        let first = offset
        let wholeDigits = digits(text)
        guard wholeDigits > 0 else {
            if peek(text)?.isInWord == true { throw noValue(text, from: start) }
            throw error(text, "expected a digit, found \(shown(text))")
        }
        if wholeDigits > 1, text[first] == UInt8(ascii: "0") {
            offset = first
            throw error(text, "a number does not begin with 0 and another digit")
        }
        var fractionDigits = 0
        if peek(text) == UInt8(ascii: ".") {
            offset += 1
            fractionDigits = digits(text)
            guard fractionDigits > 0 else {
                throw error(text, "expected a digit after the point, found \(shown(text))")
            }
        }
        var exponent = 0
        if peek(text) == UInt8(ascii: "e") || peek(text) == UInt8(ascii: "E") {
            exponent = try self.exponent(text)
        }
        guard peek(text)?.isInWord != true else { throw error(text, "\(shown(text, from: start)) is no number") }
        // |number| < 10^(exponent + wholeDigits), and float64 has all up to 10^308.
        guard exponent + wholeDigits > 308, refusal == nil else { return }
        if (text.number(start..<offset) as Double?) == nil {
            refusal = InvalidValue(.overflow, at: pointer, "this number is too large for float64")
        }
    }

    private mutating func digits(_ text: Span<UInt8>) -> Int {
        let start = offset
        while let byte = peek(text), byte.isDigit { offset += 1 }
        return offset - start
    }

    /// Past ±10^6 all exponents are alike, but for a number with a million digits.
    private mutating func exponent(_ text: Span<UInt8>) throws -> Int {
        offset += 1
        let isNegative = peek(text) == UInt8(ascii: "-")
        if isNegative || peek(text) == UInt8(ascii: "+") { offset += 1 }
        let start = offset
        guard digits(text) > 0 else { throw error(text, "expected a digit, found \(shown(text))") }
        var value = 0
        for place in start..<offset {
            value = min(value * 10 + Int(text[place] - UInt8(ascii: "0")), 1 << 40)
        }
        return isNegative ? -value : value
    }
}
