import PositionalEncoding

extension JSONScanner {
    /// Reads the array that begins here. False, and nothing changes, where it is not of numbers or booleans alone.
    mutating func readArray(_ text: Span<UInt8>) -> Bool {
        // The numbers of a shape are none of a tensor's.
        let most = maxNumbers > .max - TensorShape.maxRank ? .max : maxNumbers + TensorShape.maxRank
        let depth = Self.maxDepth - levels.count
        guard depth > 0 else { return false }
        let array: JSONArray? =
            switch (firstByteInBrackets(text), guess) {
            case (UInt8(ascii: "t"), _), (UInt8(ascii: "f"), _):
                JSONArray(reading: text, from: offset, as: Bool.self, maxCount: most, maxDepth: depth, at: pointer)
            case (_, .float32):
                JSONArray(reading: text, from: offset, as: Float.self, maxCount: most, maxDepth: depth, at: pointer)
            case (_, .float64):
                JSONArray(reading: text, from: offset, as: Double.self, maxCount: most, maxDepth: depth, at: pointer)
            }
        guard let array else { return false }
        let start = offset
        offset = array.range.upperBound
        numberCount += array.count
        arrays.append(array)
        let isEmpty = array.count == 0 && byte(after: start, text) == UInt8(ascii: "]")
        append(isEmpty ? .array(count: 0) : .closedArray, from: start, array: arrays.count - 1)
        return true
    }

    private func firstByteInBrackets(_ text: Span<UInt8>) -> UInt8? {
        var place = offset
        while place < text.count, text[place] == UInt8(ascii: "[") || text[place].isWhiteSpace { place += 1 }
        return place < text.count ? text[place] : nil
    }

    private func byte(after place: Int, _ text: Span<UInt8>) -> UInt8? {
        var next = place + 1
        while next < text.count, text[next].isWhiteSpace { next += 1 }
        return next < text.count ? text[next] : nil
    }

    /// Remembers the first value in an array that is not of the kind of the others, or not of a tensor.
    mutating func note(_ byte: UInt8) {
        guard let array = otherArray, array.defect == nil else { return }
        let kind: JSONValueKind
        switch byte {
        case UInt8(ascii: "["): return
        case UInt8(ascii: "t"), UInt8(ascii: "f"): kind = .boolean
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): kind = .number
        case UInt8(ascii: "\""): kind = .string
        case UInt8(ascii: "{"): kind = .object
        default: kind = .null
        }
        if array.kind == nil {
            otherArray?.kind = kind
            otherArray?.rank = levels.count - array.depth
        }
        let isElement = kind == .number || kind == .boolean
        guard !isElement || kind != array.kind ?? kind else { return }
        let wanted = array.kind == .boolean ? Bool.noun : Float.noun
        let defect = InvalidValue(
            .wrongType, at: pointer, "an element of this tensor is \(wanted); this is \(kind.rawValue)")
        otherArray?.defect = defect
    }

    /// Keeps the array that has just been closed, where that is the one under way.
    mutating func endOtherArray() {
        guard let array = otherArray, array.depth == levels.count else { return }
        otherArray = nil
        let defect = InvalidValue(.wrongType, at: pointer, "this is no array of numbers")
        arrays.append(
            JSONArray(
                range: array.start..<offset, elements: .other(isBooleanFirst: array.kind == .boolean),
                axes: Array(repeating: 0, count: array.rank), count: 0, defect: array.defect ?? defect))
        rows[array.row].array = arrays.count - 1
        if !array.isKept { rows[array.row].content = .closedArray }
    }
}
