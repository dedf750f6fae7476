@testable import TensorCoding

/// What reading a text's first number comes to.
struct NumberText<Scalar: DecimalScalar>: Equatable {
    let reading: NumberReading
    /// The value's bits; those of 1.5 where there is none.
    let pattern: UInt64
    /// Bytes before the place that the cursor was left at.
    let offset: Int

    /// Reads it where the text ends after it, or where `padding` follows.
    init(_ text: some Sequence<UInt8>, padding: String = "") {
        let bytes = Array(text) + Array(padding.utf8)
        var value: Scalar = 1.5
        (reading, offset) = bytes.withUnsafeBufferPointer { buffer in
            // An array that is empty has no address.
            guard let start = buffer.baseAddress else { return (.malformed, 0) }
            var cursor = start
            let reading = readNumber(&cursor, start + buffer.count, into: &value)
            return (reading, cursor - start)
        }
        pattern = value.pattern
    }

    init(reading: NumberReading, pattern: UInt64, offset: Int) {
        self.reading = reading
        self.pattern = pattern
        self.offset = offset
    }
}

extension DecimalScalar {
    /// What the value is written as; nil where that touches bytes past the longest text.
    var written: [UInt8]? {
        var bytes = Array(repeating: UInt8(ascii: "#"), count: Self.longestText + 8)
        let count = bytes.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { writeNumber(self, to: $0) } ?? 0
        }
        guard count <= Self.longestText, bytes[Self.longestText...].allSatisfy({ $0 == UInt8(ascii: "#") }) else {
            return nil
        }
        return Array(bytes[..<count])
    }

    /// The text of the format: the description less a ".0".
    var expectedText: [UInt8] {
        let text = Array(String(describing: self).utf8)
        return text.suffix(2) == Array(".0".utf8)[...] ? text.dropLast(2) : text
    }
}

/// Bytes that follow a number in a request; as many as let it be read in words.
let followers = ",1.25,-7.5e-3],\"positions\":[0,1,2,3],\"dtype\":\"float32\"}"
