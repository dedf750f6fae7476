import Glibc

extension Span<UInt8> {
    /// Whether a word, of which the first letter stands in no number, is anywhere in the text.
    func contains(_ word: StaticString) -> Bool {
        unsafe withUnsafeBufferPointer { text in
            guard var start = text.baseAddress else { return false }
            let end = unsafe start + text.count
            // Most of a text is passed over at once.
            while let letter = unsafe memchr(start, Int32(word.utf8Start[0]), end - start) {
                let place = unsafe UnsafePointer(letter.assumingMemoryBound(to: UInt8.self))
                guard unsafe end - place >= word.utf8CodeUnitCount else { return false }
                if unsafe memcmp(place, word.utf8Start, word.utf8CodeUnitCount) == 0 { return true }
                unsafe start = place + 1
            }
            return false
        }
    }

    /// What bytes of UTF-8 stand for.
    func string(_ range: Range<Int>) -> String {
        unsafe extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The number that begins with the range, rounded once; nil where there is none, or none of the type.
    func number<Scalar: DecimalScalar>(_ range: Range<Int>) -> Scalar? {
        unsafe extracting(range).withUnsafeBufferPointer { text in
            guard var cursor = text.baseAddress else { return nil }
            var number: Scalar = 0
            return unsafe readNumber(&cursor, cursor + text.count, into: &number) == .finite ? number : nil
        }
    }
}
