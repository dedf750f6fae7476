extension JSONScanner {
    /// What a string of a text that was scanned stands for.
    static func string(_ text: Span<UInt8>, at offset: Int) throws -> String {
        var scanner = JSONScanner()
        scanner.offset = offset
        return try scanner.string(text)
    }

    /// Passes over a string; true where its bytes are what it stands for.
    mutating func passString(_ text: Span<UInt8>) throws -> Bool {
        if passPlainString(text) { return true }
        _ = try anyString(text)
        return false
    }

    /// Passes over a string, and answers what it stands for.
    mutating func string(_ text: Span<UInt8>) throws -> String {
        let start = offset + 1
        return passPlainString(text) ? text.string(start..<offset - 1) : try anyString(text)
    }

    /// Passes over a string of ASCII without escapes. False, and nothing changes, where it is another.
    private mutating func passPlainString(_ text: Span<UInt8>) -> Bool {
        for place in offset + 1..<max(text.count, offset + 1) {
            switch text[place] {
            case UInt8(ascii: "\""):
                offset = place + 1
                return true
            case UInt8(ascii: "\\"), ..<0x20, 0x80...: return false
            default: continue
            }
        }
        return false
    }

    private mutating func anyString(_ text: Span<UInt8>) throws -> String {
        offset += 1
        var bytes: [UInt8] = []
        while let byte = peek(text) {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try bytes.append(contentsOf: String(escape(text)).utf8)
            case ..<0x20:
                throw error(
                    text,
                    "a string holds a control character; write it as \\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
                )
            case ..<0x80:
                bytes.append(byte)
                offset += 1
            default:
                let length = utf8Length(text)
                guard length > 0 else { throw error(text, "this is not UTF-8") }
                for _ in 0..<length {
                    bytes.append(text[offset])
                    offset += 1
                }
            }
        }
        throw error(text, "the text ends within a string")
    }

    private mutating func escape(_ text: Span<UInt8>) throws -> Unicode.Scalar {
        let start = offset
        offset += 1
        guard let byte = peek(text) else { throw error(text, "the text ends within a string") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexUnit(text)
            if let scalar = Unicode.Scalar(unit) { return scalar }
            if unit < 0xDC00, peek(text) == UInt8(ascii: "\\"), offset + 1 < text.count,
                text[offset + 1] == UInt8(ascii: "u")
            {
                offset += 2
                let low = try hexUnit(text)
                if (0xDC00...0xDFFF).contains(low),
                    let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
                {
                    return scalar
                }
            }
            offset = start
            throw error(text, "half of a surrogate pair stands alone")
        default:
            offset = start
            throw error(text, "this escape does not exist in JSON")
        }
    }

    private mutating func hexUnit(_ text: Span<UInt8>) throws -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek(text).flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw error(text, "expected a hexadecimal digit, found \(shown(text))")
            }
            unit = unit << 4 | UInt32(digit)
            offset += 1
        }
        return unit
    }

    /// The length of the UTF-8 sequence that begins here; 0 where it is none (RFC 3629 §4).
    private func utf8Length(_ text: Span<UInt8>) -> Int {
        let lead = text[offset]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch lead {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard length > 0, offset + length <= text.count, second.contains(text[offset + 1]) else { return 0 }
        for place in offset + 2..<max(offset + length, offset + 2) where !(0x80...0xBF).contains(text[place]) {
            return 0
        }
        return length
    }
}
