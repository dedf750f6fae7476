import FoundationEssentials

extension JSONScanner {
    /// An array of anything up to so many bytes is left to the decoder.
    static let smallArray = 65_536
    /// So much of a long string shows what it is.
    private static let shownString = 256

    /// The text as the decoder is to see it: without what has been read, and with plain zeros for those that it refuses, such as
    /// `0e5` and `1e-400`.
    func envelope(of text: Data) -> Data {
        var changes: [(range: Range<Int>, text: String)] = zeros.map { ($0.range, $0.isNegative ? "-0" : "0") }
        for array in arrays.values {
            if case .other = array.elements, array.range.count <= Self.smallArray { continue }
            changes.append((array.range, "[]"))
        }
        for range in longStrings.values { changes.append((range.dropFirst(Self.shownString), "")) }
        changes.sort { $0.range.lowerBound < $1.range.lowerBound }
        var envelope = Data()
        var next = 0
        for change in changes where change.range.lowerBound >= next {
            envelope += text[next..<change.range.lowerBound]
            envelope += change.text.utf8
            next = change.range.upperBound
        }
        envelope += text[next...]
        return envelope
    }
}
