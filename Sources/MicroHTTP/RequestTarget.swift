/// The target of a request line, taken apart: `/frequencies?dim=64` is a path and the items of a query.
package struct RequestTarget: Sendable, Equatable {
    /// A key and a value of the query, percent-decoded. `+` stays a plus sign: `base=1e+6` is a number.
    package struct QueryItem: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Percent-decoded where that gives text (RFC 3986 §6.2.2.2), else as it came.
    package let path: String
    /// As it came, without its question mark; nil where there is none.
    package let query: Substring?
    /// False where the target holds what no URI holds: white space, control characters, bytes past ASCII.
    package let isUsable: Bool

    /// Takes origin form (`/path?query`), absolute form (`http://host/path?query`, RFC 9112 §3.2.2) and `*`.
    package init(_ raw: String) {
        isUsable = raw.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        var rest = raw[...]
        if !raw.hasPrefix("/"), let colon = raw.utf8.firstIndex(of: UInt8(ascii: ":")), raw[colon...].hasPrefix("://") {
            let authority = raw[colon...].dropFirst(3)
            rest = authority[(authority.firstIndex { $0 == "/" || $0 == "?" } ?? authority.endIndex)...]
        }
        let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = mark.map { rest[..<$0] } ?? rest
        self.path = path.isEmpty ? "/" : Self.decoded(path) ?? String(path)
        query = mark.map { rest[rest.utf8.index(after: $0)...] }
    }

    /// The items of the query in their order; nil where a percent sign is not followed by two hex digits of UTF-8 text.
    package var queryItems: [QueryItem]? {
        guard let query, !query.isEmpty else { return [] }
        var items: [QueryItem] = []
        for part in query.split(separator: "&", omittingEmptySubsequences: true) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(pair[0]), let value = Self.decoded(pair.count > 1 ? pair[1] : "") else {
                return nil
            }
            items.append(QueryItem(name: name, value: value))
        }
        return items
    }

    private static func decoded(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
