import FoundationEssentials

/// Bytes that a client wrote in base64 (RFC 4648 §4).
enum Base64Bytes {
    /// Decodes a string, from which line breaks, tabs and blanks are left out, as `base64` and MIME wrap lines.
    static func read(_ text: Data) throws(Base64Defect) -> Data {
        if let bytes = strict(text) { return bytes }
        if let unwrapped = withoutWhiteSpace(text), let bytes = strict(unwrapped) { return bytes }
        throw Base64Defect(text)
    }

    /// nil of anything but groups of four letters, the last of them padded.
    private static func strict(_ text: Data) -> Data? {
        // Foundation decodes "AACA=" and "====" as well.
        guard text.count.isMultiple(of: 4), text.suffix(3) != Data("===".utf8) else { return nil }
        return Data(base64Encoded: text)
    }

    /// nil where there is none.
    private static func withoutWhiteSpace(_ text: Data) -> Data? {
        let bytes = text.span
        var letters: [UInt8] = []
        letters.reserveCapacity(bytes.count)
        for index in bytes.indices where !bytes[index].isWhiteSpace { letters.append(bytes[index]) }
        return letters.count < bytes.count ? Data(letters) : nil
    }
}

/// Why a string is not base64, and where.
struct Base64Defect: Error, Equatable {
    let reason: String

    /// Looks for the first place at which a string that was not decoded is wrong.
    fileprivate init(_ text: Data) {
        let bytes = text.span
        var (letterCount, paddingCount, paddingStart) = (0, 0, 0)
        for offset in bytes.indices where !bytes[offset].isWhiteSpace {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "=") {
                if paddingCount == 0 { paddingStart = offset }
                paddingCount += 1
            } else if paddingCount > 0 {
                reason =
                    "\"=\" at offset \(paddingStart) of the string is padding, and letters follow it; base64 is padded at its end only"
                return
            } else if byte.isBase64 {
                letterCount += 1
            } else {
                let place = "\(Self.shown(text, offset)) at offset \(offset) of the string"
                reason = "\(place) is no letter of base64\(Self.hint(text, offset))"
                return
            }
        }
        let end = paddingCount > 0 ? paddingStart : bytes.count
        let padding = String(repeating: "=", count: (4 - letterCount % 4) % 4)
        reason =
            if padding.count == 3 {
                "letters of base64 come in groups of four, and up to offset \(end) of the string there are \(letterCount): one is missing or too many"
            } else if paddingCount == 0 {
                "the string ends at offset \(end) without padding; base64 is in groups of four: append \"\(padding)\""
            } else {
                "the padding at offset \(end) of the string is \(paddingCount) \"=\"; base64 is in groups of four: \(padding.isEmpty ? "none" : "\"\(padding)\"") belongs there"
            }
    }

    /// The character at an offset, or its byte where it cannot be seen.
    private static func shown(_ text: Data, _ offset: Int) -> String {
        let rest = text.dropFirst(offset)
        let character = String(decoding: rest.prefix(4), as: UTF8.self).first
        guard let character, let first = rest.first, first > 0x20, first != 0x7F, character != "\u{FFFD}" else {
            return "the byte 0x\(String(rest.first ?? 0, radix: 16))"
        }
        return "\"\(character)\""
    }

    /// What the string probably is, and what to send instead.
    private static func hint(_ text: Data, _ offset: Int) -> String {
        switch text[text.startIndex + offset] {
        case UInt8(ascii: "-"), UInt8(ascii: "_"):
            " but of its URL-safe alphabet (RFC 4648 §5); send + in place of - and / in place of _"
        case UInt8(ascii: "\\"): "; a line break in JSON is \\n, with one backslash"
        case UInt8(ascii: "'") where text.starts(with: Data("b'".utf8)):
            "; b'…' is Python's way to show bytes: send base64.b64encode(…).decode()"
        case UInt8(ascii: ":") where text.starts(with: Data("data:".utf8)):
            "; of a data URL only what follows the comma is base64"
        default: ""
        }
    }
}

extension UInt8 {
    /// Whether it is one of the 64 letters.
    fileprivate var isBase64: Bool {
        switch self {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
