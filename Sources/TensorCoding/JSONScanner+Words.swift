extension JSONScanner {
    /// Passes over true, false or null, of which the first letter is here.
    mutating func literal(_ word: StaticString, _ content: JSONTable.Row.Content, _ text: Span<UInt8>) throws {
        let start = offset
        for byte in word.description.utf8 {
            guard peek(text) == byte else { throw noValue(text, from: start, insteadOf: word) }
            offset += 1
        }
        guard peek(text)?.isInWord != true else { throw noValue(text, from: start, insteadOf: word) }
        append(content, from: start)
    }

    /// The error of a word that is no value, at the byte where it ceases to be one.
    func noValue(_ text: Span<UInt8>, from start: Int, insteadOf literal: StaticString? = nil) -> JSONSyntaxError {
        let word = Self.word(text, from: start)
        let expected =
            literal.map { "\($0)".hasPrefix(word) ? "\($0)" : "a value" } ?? "a value"
        return error(text, "expected \(expected), found \(shown(text, from: start))\(Self.hint(word))")
    }

    /// What a text has at a place, for a message: a whole word, a character or a byte.
    func shown(_ text: Span<UInt8>, from start: Int? = nil) -> String {
        let start = start ?? offset
        guard start < text.count else { return "the end of the text" }
        let word = Self.word(text, from: start)
        if !word.isEmpty {
            return "\"\(word.utf8.count > Self.longestWord ? "\(word.prefix(Self.longestWord))…" : word)\""
        }
        let byte = text[start]
        return (0x21...0x7E).contains(byte)
            ? "\"\(Character(Unicode.Scalar(byte)))\"" : "the byte 0x\(String(byte, radix: 16))"
    }

    private static let longestWord = 40

    /// Letters, digits, points and underscores, after a sign if there is one; empty of a sign alone, and cut off where it is long.
    private static func word(_ text: Span<UInt8>, from start: Int) -> String {
        var end = start
        if end < text.count, text[end] == UInt8(ascii: "-") || text[end] == UInt8(ascii: "+") { end += 1 }
        let first = end
        while end < text.count, text[end].isInWord, end - start <= longestWord { end += 1 }
        return end > first ? text.string(start..<end) : ""
    }

    /// What a word of another language is in JSON.
    private static func hint(_ word: String) -> String {
        let plain = word.lowercased().drop { $0 == "-" || $0 == "+" }
        switch plain {
        case "true", "false": return "; JSON writes \(plain)"
        case "none", "nil", "null", "undefined", "na":
            return "; JSON writes null, which is no number, and fields without a value are left out"
        case "nan": return "; JSON has no NaN or Infinity, and tensors in JSON hold finite numbers only"
        case "infinity", "inf":
            return "; JSON has no NaN or Infinity: false in a mask hides a key, and tensors as bytes may hold −∞ there"
        case "array", "np.array", "numpy.array", "tensor", "torch.tensor": return "; send what .tolist() gives"
        default:
            guard let first = word.utf8.first, [0x2B, 0x2E].contains(first) else { return "" }
            return "; a number begins with a digit, or with - and a digit"
        }
    }
}

extension UInt8 {
    /// Whether it is a letter, digit, point or underscore of ASCII.
    var isInWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
        default: isDigit
        }
    }
}
