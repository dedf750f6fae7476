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
        arrays[pointer] = array
        offset = array.range.upperBound
        numberCount += array.count
        return true
    }

    private func firstByteInBrackets(_ text: Span<UInt8>) -> UInt8? {
        for place in offset..<text.count {
            switch text[place] {
            case UInt8(ascii: "["), 0x20, 0x0A, 0x0D, 0x09: continue
            case let byte: return byte
            }
        }
        return nil
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
        arrays[pointer] = JSONArray(
            range: array.start..<offset, elements: .other(isBooleanFirst: array.kind == .boolean),
            axes: Array(repeating: 0, count: array.rank), count: 0, defect: array.defect ?? defect)
    }

    /// Passes over a string that is a value, and remembers where it is if it is long.
    mutating func stringValue(_ text: Span<UInt8>) throws {
        let start = offset + 1
        while let byte = byte(text, at: offset + 1), byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""),
            byte != UInt8(ascii: "\\")
        {
            offset += 1
        }
        if byte(text, at: offset + 1) == UInt8(ascii: "\"") {
            offset += 2
            if offset - start > Self.longString, levels.allSatisfy(\.isObject) {
                longStrings[pointer] = start..<offset - 1
            }
        } else {
            offset = start - 1
            _ = try string(text)
        }
    }

    private func byte(_ text: Span<UInt8>, at place: Int) -> UInt8? {
        place < text.count ? text[place] : nil
    }
}
