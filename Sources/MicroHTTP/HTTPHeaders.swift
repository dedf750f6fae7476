/// Header fields in the order in which they came; names compare without regard to case.
package struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var fields: [(name: String, value: String)]

    package init(_ fields: [(name: String, value: String)] = []) {
        self.fields = fields
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    mutating func reserveCapacity(_ count: Int) {
        fields.reserveCapacity(count)
    }

    package mutating func add(_ name: String, _ value: String) {
        fields.append((name: name, value: value))
    }

    /// The value of the field, those of equal names joined by ", " (RFC 9110 §5.3); nil where there is none.
    package subscript(name: String) -> String? {
        var joined: String?
        for index in fields.indices where Self.sameName(fields[index].name, name) {
            joined = joined.map { $0 + ", " + fields[index].value } ?? fields[index].value
        }
        return joined
    }

    package func count(of name: String) -> Int {
        fields.indices.count { Self.sameName(fields[$0].name, name) }
    }

    private static func sameName(_ one: String, _ other: String) -> Bool {
        guard one.utf8.count == other.utf8.count else { return false }
        if one == other { return true }
        let (one, other) = (one.utf8.span, other.utf8.span)
        for index in one.indices {
            let (byte, otherByte) = (one[index], other[index])
            guard byte == otherByte || (byte ^ otherByte == 0x20 && isLetter(byte | 0x20)) else { return false }
        }
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
