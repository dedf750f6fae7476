import Glibc

/// The grammar of RFC 8259 as it reads, a function for a rule: slow, obvious, and with nothing from the scanner.
///
/// Beyond it, what the scanner promises: keys are unique, nesting is at most 64 deep, numbers are finite in float64.
struct JSONGrammarTwin {
    enum Verdict {
        case accepted
        /// Well-formed, with a number past float64.
        case overflow
        case malformed
    }

    private var rest: ArraySlice<Unicode.Scalar>
    private let isLenient: Bool
    /// As they are written.
    private var numbers: [String] = []

    /// The twin once it has read the text to its end; nil where that is malformed.
    private init?(reading bytes: [UInt8], isLenient: Bool) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        rest = Array(text.unicodeScalars)[...]
        self.isLenient = isLenient
        if isLenient { _ = word("\u{FEFF}") }
        space()
        guard value(depth: 0) else { return nil }
        space()
        guard rest.isEmpty else { return nil }
    }

    /// A lenient twin takes what Foundation takes beyond RFC 8259: trailing commas, a key twice, a byte order mark, more depth.
    static func verdict(_ bytes: [UInt8], isLenient: Bool = false) -> Verdict {
        guard let twin = JSONGrammarTwin(reading: bytes, isLenient: isLenient) else { return .malformed }
        return twin.numbers.allSatisfy { strtod($0, nil).isFinite } ? .accepted : .overflow
    }

    /// True where the bytes are such a text.
    static func accepts(_ bytes: [UInt8]) -> Bool { verdict(bytes) == .accepted }

    /// The numbers of a text, as they are written.
    static func numbers(of bytes: [UInt8]) -> [String] {
        JSONGrammarTwin(reading: bytes, isLenient: false)?.numbers ?? []
    }

    private mutating func value(depth: Int) -> Bool {
        switch rest.first {
        case "[": list(depth: depth, close: "]") { $0.value(depth: depth + 1) }
        case "{": object(depth: depth)
        case "\"": string() != nil
        case "t": word("true")
        case "f": word("false")
        case "n": word("null")
        default: number()
        }
    }

    private mutating func object(depth: Int) -> Bool {
        var keys: Set<[Unicode.Scalar]> = []
        return list(depth: depth, close: "}") { twin in
            guard let key = twin.string(), keys.insert(key).inserted || twin.isLenient else { return false }
            twin.space()
            guard twin.word(":") else { return false }
            twin.space()
            return twin.value(depth: depth + 1)
        }
    }

    private mutating func list(depth: Int, close: String, item: (inout Self) -> Bool) -> Bool {
        guard depth < (isLenient ? 512 : 64) else { return false }
        rest.removeFirst()
        space()
        if word(close) { return true }
        while true {
            guard item(&self) else { return false }
            space()
            if word(close) { return true }
            guard word(",") else { return false }
            space()
            if isLenient, word(close) { return true }
        }
    }

    /// The scalars that the string stands for.
    private mutating func string() -> [Unicode.Scalar]? {
        guard word("\"") else { return nil }
        var units: [UInt16] = []
        while let next = rest.popFirst() {
            switch next {
            case "\"":
                // Half of a surrogate pair is no Unicode text.
                return String(validating: units, as: UTF16.self).map { Array($0.unicodeScalars) }
            case "\\":
                let escapes: [Unicode.Scalar: UInt16] = [
                    "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
                ]
                guard let letter = rest.popFirst() else { return nil }
                if letter == "u" {
                    let digits = rest.prefix(4)
                    guard digits.count == 4, digits.allSatisfy({ $0.isASCII && $0.properties.isASCIIHexDigit }),
                        let unit = UInt16(String(String.UnicodeScalarView(digits)), radix: 16)
                    else { return nil }
                    rest = rest.dropFirst(4)
                    units.append(unit)
                } else {
                    guard let unit = escapes[letter] else { return nil }
                    units.append(unit)
                }
            case "\0"..<" ": return nil
            default: units += Array(String(next).utf16)
            }
        }
        return nil
    }

    private mutating func number() -> Bool {
        var text = ""
        if word("-") { text += "-" }
        let whole = digits()
        guard !whole.isEmpty, whole == "0" || !whole.hasPrefix("0") else { return false }
        text += whole
        if word(".") {
            let fraction = digits()
            guard !fraction.isEmpty else { return false }
            text += "." + fraction
        }
        if word("e") || word("E") {
            let sign = word("-") ? "-" : word("+") ? "+" : ""
            let exponent = digits()
            guard !exponent.isEmpty else { return false }
            text += "e" + sign + exponent
        }
        numbers.append(text)
        return true
    }

    private mutating func digits() -> String {
        let found = rest.prefix { ("0"..."9").contains($0) }
        rest = rest.dropFirst(found.count)
        return String(String.UnicodeScalarView(found))
    }

    private mutating func word(_ word: String) -> Bool {
        guard rest.starts(with: word.unicodeScalars) else { return false }
        rest = rest.dropFirst(word.unicodeScalars.count)
        return true
    }

    private mutating func space() {
        rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    }
}
