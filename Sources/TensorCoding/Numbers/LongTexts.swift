import FoundationEssentials
import Glibc
import Locking

/// A part of an answer that is written past the encoder.
protocol LongText: Sendable {
    /// At most so many bytes.
    var maxBytes: Int { get }

    /// Writes the text, and answers how many bytes it has.
    func write(to target: UnsafeMutablePointer<UInt8>) -> Int
}

/// The long texts of one answer, each with the place at which the envelope has an empty array for it.
final class LongTexts: Sendable {
    static let key: CodingUserInfoKey = {
        guard let key = CodingUserInfoKey(rawValue: "texts") else { preconditionFailure("any text is a key") }
        return key
    }()

    private let texts = Locked<[JSONPointer: any LongText]>([:])

    func leave(_ text: any LongText, at place: JSONPointer) {
        texts.withLock { $0[place] = text }
    }

    /// The envelope with the texts in their places.
    func fill(_ envelope: Data) throws -> Data {
        let texts = texts.withLock { $0 }
        guard !texts.isEmpty else { return envelope }
        var scanner = JSONScanner()
        try scanner.scan(envelope.span)
        let places = texts.compactMap { place, text in scanner.arrays[place].map { (range: $0.range, text: text) } }
            .sorted { $0.range.lowerBound < $1.range.lowerBound }
        precondition(places.count == texts.count, "each long text has its place in the envelope")
        let capacity = places.reduce(envelope.count) { $0 + $1.text.maxBytes }
        guard let memory = unsafe malloc(capacity)?.assumingMemoryBound(to: UInt8.self) else {
            throw OutOfMemory()
        }
        var end = unsafe memory
        var next = 0
        func copy(to place: Int) {
            unsafe envelope.copyBytes(to: end, from: next..<place)
            unsafe end += place - next
        }
        for (range, text) in places {
            copy(to: range.lowerBound)
            unsafe end += text.write(to: end)
            next = range.upperBound
        }
        copy(to: envelope.count)
        return unsafe Data(bytesNoCopy: memory, count: end - memory, deallocator: .free)
    }
}

/// There is no memory for an answer, though the budget had room for it.
struct OutOfMemory: Error {}

extension Encoder {
    /// Writes an empty array here, in the place of which the text is to stand.
    func leave(_ text: some LongText) throws {
        guard let texts = userInfo[LongTexts.key] as? LongTexts else {
            preconditionFailure("answers are written by JSONWriter")
        }
        texts.leave(text, at: JSONPointer(codingPath))
        _ = unkeyedContainer()
    }
}
