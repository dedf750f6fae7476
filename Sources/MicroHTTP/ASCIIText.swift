/// Text that is put together from small parts, for each request: in one piece of memory, without interpolation.
package struct ASCIIText {
    private var bytes: [UInt8] = []

    package init(reserving capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    package var isEmpty: Bool { bytes.isEmpty }

    package mutating func append(_ text: String) {
        let text = text.utf8.span
        // Byte by byte: words are short, and to append a collection takes longer.
        for place in text.indices { bytes.append(text[place]) }
    }

    package mutating func append(_ number: Int) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        append(number.magnitude, digits: 1)
    }

    /// A number in thousandths, with three decimals: 12 is `0.012`.
    package mutating func append(thousandths number: UInt) {
        append(number / 1_000, digits: 1)
        bytes.append(UInt8(ascii: "."))
        append(number % 1_000, digits: 3)
    }

    /// A number in hundredths, with two decimals: 12 is `0.12`.
    package mutating func append(hundredths number: UInt) {
        append(number / 100, digits: 1)
        bytes.append(UInt8(ascii: "."))
        append(number % 100, digits: 2)
    }

    /// Decimal digits, at least so many.
    private mutating func append(_ number: UInt, digits: Int) {
        var text = InlineArray<20, UInt8>(repeating: 0)
        var (first, rest) = (text.count, number)
        repeat {
            first -= 1
            text[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0 || text.count - first < digits
        for place in first..<text.count { bytes.append(text[place]) }
    }

    package var string: String { String(decoding: bytes, as: UTF8.self) }
}
