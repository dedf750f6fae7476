import FoundationEssentials
import Glibc

/// A part of an answer that writes itself into the output's memory.
protocol LongText {
    associatedtype Failure: Error = Never

    /// At most so many bytes.
    var maxBytes: Int { get }

    /// Writes the text, and answers how many bytes it has. Throws where there is none.
    func write(to target: UnsafeMutablePointer<UInt8>) throws(Failure) -> Int
}

/// There is no memory for an answer, though the budget had room for it.
package struct OutOfMemory: Error {
    package init() {}
}

/// The bytes of an answer while it is written.
@safe struct JSONOutput: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>?
    private var capacity = 0
    private(set) var count = 0
    private(set) var isOutOfMemory = false

    deinit {
        unsafe free(start)
    }

    /// Where the next `room` bytes may be written to; nil where there is no memory, which `takeData` says in the end.
    private mutating func reserve(_ room: Int) -> UnsafeMutablePointer<UInt8>? {
        if let start = unsafe start, capacity - count >= room { return unsafe start + count }
        // A large text says its size at once; twice of it is more than was budgeted.
        let larger = count + room + min(max(capacity, Self.leastCapacity), Self.mostSpare)
        guard let moved = unsafe realloc(start, larger)?.assumingMemoryBound(to: UInt8.self) else {
            isOutOfMemory = true
            return nil
        }
        unsafe start = moved
        capacity = larger
        return unsafe moved + count
    }

    /// What is beside the numbers of most answers fits.
    private static let leastCapacity = 1_024
    private static let mostSpare = 1 << 20

    mutating func append(_ byte: UInt8) {
        guard let target = unsafe reserve(1) else { return }
        unsafe target.pointee = byte
        count += 1
    }

    mutating func append(word: StaticString) {
        guard let target = unsafe reserve(word.utf8CodeUnitCount) else { return }
        unsafe target.update(from: word.utf8Start, count: word.utf8CodeUnitCount)
        count += word.utf8CodeUnitCount
    }

    mutating func append<Text: LongText>(_ text: Text) throws(Text.Failure) {
        guard let target = unsafe reserve(text.maxBytes) else { return }
        count += unsafe try text.write(to: target)
    }

    mutating func append<Scalar: DecimalScalar>(_ number: Scalar) {
        guard let target = unsafe reserve(Scalar.longestText) else { return }
        count += unsafe writeNumber(number, to: target)
    }

    mutating func append(_ number: Int) {
        // A sign and 19 digits, the last first.
        let longest = 20
        guard let target = unsafe reserve(longest) else { return }
        var (rest, place) = (number.magnitude, longest)
        repeat {
            place -= 1
            unsafe target[place] = UInt8(truncatingIfNeeded: rest % 10) | 0x30
            rest /= 10
        } while rest > 0
        if number < 0 {
            place -= 1
            unsafe target[place] = UInt8(ascii: "-")
        }
        unsafe target.update(from: target + place, count: longest - place)
        count += longest - place
    }

    mutating func append(_ numbers: [Int]) {
        append(UInt8(ascii: "["))
        for (index, number) in numbers.enumerated() {
            if index > 0 { append(UInt8(ascii: ",")) }
            append(number)
        }
        append(UInt8(ascii: "]"))
    }

    mutating func append(_ number: some BinaryInteger) {
        for byte in String(number).utf8 { append(byte) }
    }

    /// A string between quotes; escaped are the quote, the backslash and control characters alone (RFC 8259 §7).
    mutating func append(quoting string: String) {
        let longestEscape = 6
        var text = string
        text.withUTF8 { text in
            guard let first = unsafe reserve(text.count * longestEscape + 2) else { return }
            var end = unsafe first
            func put(_ byte: UInt8) {
                unsafe end.pointee = byte
                unsafe end += 1
            }
            put(UInt8(ascii: "\""))
            for index in text.indices {
                let byte = unsafe text[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                    put(byte)
                    continue
                }
                put(UInt8(ascii: "\\"))
                switch byte {
                case 0x08: put(UInt8(ascii: "b"))
                case 0x09: put(UInt8(ascii: "t"))
                case 0x0A: put(UInt8(ascii: "n"))
                case 0x0C: put(UInt8(ascii: "f"))
                case 0x0D: put(UInt8(ascii: "r"))
                case ..<0x20:
                    for digit in "u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8 { put(digit) }
                default: put(byte)
                }
            }
            put(UInt8(ascii: "\""))
            count += unsafe end - first
        }
    }

    /// Puts ranges that follow one another, with a byte between each two, into another order.
    ///
    /// They are copied, which nobody has budgeted for: what holds tensors is declared in its order.
    mutating func reorder(_ ranges: [Range<Int>]) {
        guard !isOutOfMemory, let start = unsafe start, let first = ranges.map(\.lowerBound).min() else { return }
        precondition(count - first <= Self.mostSpare, "members of a large answer are declared in alphabetical order")
        var bytes: [UInt8] = []
        for range in ranges {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: start + range.lowerBound, count: range.count))
        }
        precondition(bytes.count == count - first)
        unsafe (start + first).update(from: bytes, count: bytes.count)
    }

    /// The bytes, which are not copied. Nothing is left here.
    mutating func takeData() throws(OutOfMemory) -> Data {
        guard !isOutOfMemory else { throw OutOfMemory() }
        guard let bytes = unsafe start else { return Data() }
        defer { unsafe (start, capacity, count) = (nil, 0, 0) }
        return unsafe Data(bytesNoCopy: bytes, count: count, deallocator: .free)
    }
}
