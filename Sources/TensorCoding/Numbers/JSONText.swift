/// A value as JSON, written already: it stands as it is wherever it is written again.
package struct JSONText: Encodable, Sendable {
    package let string: String

    /// Throws `EncodingError` where a number is not finite.
    package init(_ value: some Encodable) throws {
        string = String(decoding: try JSONWriter.write(value), as: UTF8.self)
    }

    package func encode(to encoder: any Encoder) {
        encoder.write(self)
    }
}

extension JSONText: LongText {
    var maxBytes: Int { string.utf8.count }

    func write(to target: UnsafeMutablePointer<UInt8>) -> Int {
        var text = string
        return text.withUTF8 { bytes in
            if let first = bytes.baseAddress { unsafe target.update(from: first, count: bytes.count) }
            return bytes.count
        }
    }
}
