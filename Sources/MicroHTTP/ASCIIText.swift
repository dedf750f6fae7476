/// Text that is put together from small parts, for each request: in one piece of memory, without interpolation.
package struct ASCIIText {
    private var bytes: [UInt8] = []

    package init(reserving capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    package var isEmpty: Bool { bytes.isEmpty }

    package mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
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
        var (count, bound) = (1, 10 as UInt)
        while count < digits || number >= bound {
            count += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            bound = overflow ? .max : next
            if overflow { break }
        }
        var place = bytes.count + count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: count))
        var rest = number
        while rest > 0 {
            place -= 1
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    package var string: String { String(decoding: bytes, as: UTF8.self) }
}
