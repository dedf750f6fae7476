import PositionalEncoding

extension JSONScanner {
    mutating func number(_ text: Span<UInt8>) throws {
        let start = offset
        let isNegative = peek(text) == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        let first = offset
        let (wholeDigits, wholeIsZero) = digits(text)
        guard wholeDigits > 0 else {
            let hint = peek(text) == UInt8(ascii: "I") ? "; JSON has no Infinity" : ""
            throw error(text, "expected a digit, found \(shown(text))\(hint)")
        }
        if wholeDigits > 1, text[first] == UInt8(ascii: "0") {
            offset = first
            throw error(text, "a number does not begin with 0 and another digit")
        }
        var (fractionDigits, fractionIsZero) = (0, true)
        if peek(text) == UInt8(ascii: ".") {
            offset += 1
            (fractionDigits, fractionIsZero) = digits(text)
            guard fractionDigits > 0 else { throw error(text, "expected a digit, found \(shown(text))") }
        }
        var exponent: Int?
        if peek(text) == UInt8(ascii: "e") || peek(text) == UInt8(ascii: "E") {
            exponent = try self.exponent(text)
        }
        let isZero = wholeIsZero && fractionIsZero
        if isZero {
            if exponent != nil { remember(Zero(range: start..<offset, isNegative: isNegative)) }
            return
        }
        // 10^(exponent − fractionDigits) ≤ |number| < 10^(exponent + wholeDigits); float64 has all from 10^−307 to 10^308.
        let power = exponent ?? 0
        if power + wholeDigits <= 308, power - fractionDigits >= -307 { return }
        let value = Double(String(copying: text, start..<offset)) ?? 0
        if value == 0 { remember(Zero(range: start..<offset, isNegative: isNegative)) }
        if value.isInfinite, refusal == nil {
            refusal = InvalidValue(.overflow, at: pointer, "this number is too large for float64")
        }
    }

    /// For as long as the text may still be decoded.
    private mutating func remember(_ zero: Zero) {
        if let otherArray, offset - otherArray.start > Self.smallArray { return }
        if numberCount - TensorShape.maxRank <= maxNumbers { zeros.append(zero) }
    }

    private mutating func digits(_ text: Span<UInt8>) -> (count: Int, areZero: Bool) {
        let start = offset
        var areZero = true
        while let byte = peek(text), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            if byte != UInt8(ascii: "0") { areZero = false }
            offset += 1
        }
        return (offset - start, areZero)
    }

    /// Past ±10^6 all exponents are alike, but for a number with a million digits.
    private mutating func exponent(_ text: Span<UInt8>) throws -> Int {
        offset += 1
        let isNegative = peek(text) == UInt8(ascii: "-")
        if isNegative || peek(text) == UInt8(ascii: "+") { offset += 1 }
        let start = offset
        guard digits(text).count > 0 else { throw error(text, "expected a digit, found \(shown(text))") }
        var value = 0
        for place in start..<offset {
            value = min(value * 10 + Int(text[place] - UInt8(ascii: "0")), 1 << 40)
        }
        return isNegative ? -value : value
    }
}

extension String {
    fileprivate init(copying text: Span<UInt8>, _ range: Range<Int>) {
        self.init(decoding: range.map { text[$0] }, as: UTF8.self)
    }
}
