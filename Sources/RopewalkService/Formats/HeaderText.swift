extension String {
    private var isPrintable: Bool {
        let bytes = utf8.span
        var others: UInt8 = 0
        for index in bytes.indices { others |= bytes[index] &- 0x20 < 0x5F ? 0 : 1 }
        return others == 0
    }

    /// JSON text without the characters that a header field cannot hold.
    var ascii: String {
        guard !isPrintable else { return self }
        let printable: ClosedRange<UTF16.CodeUnit> = 0x20...0x7E
        return utf16.reduce(into: "") { text, unit in
            if printable.contains(unit) {
                text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}
