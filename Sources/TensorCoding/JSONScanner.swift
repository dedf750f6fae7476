import PositionalEncoding

/// One strict pass over a JSON text, which reads its arrays and makes a table of its values.
///
/// It holds the text to RFC 8259 in UTF-8, keys to be unique, nesting to `maxDepth` and numbers to float64.
struct JSONScanner {
    static let maxDepth = 64
    /// What a request may hold beside the elements of arrays.
    static let maxValues = 65_536

    /// An array or object that is open.
    struct Level {
        var isObject: Bool
        /// Its row; nil where it stands in an array of which no rows are kept.
        var row: Int?
        /// The index of the element or member under way.
        var index = 0
        /// Of an object: the key of the member under way.
        var key: String?
        /// Of an object: where its keys begin among those of all that are open.
        let firstKey: Int
        /// Of an object with many: its keys, byte for byte: strings compare as people read them.
        var knownKeys: Set<[UInt8]> = []
    }

    /// An array that is not of one kind of element alone, under way.
    struct OtherArray {
        let start: Int
        let row: Int
        /// Whether what is in it has rows.
        var isKept = true
        /// How many arrays and objects it stands in.
        let depth: Int
        /// What its first element is, and how many arrays that is in.
        var kind: JSONValueKind?
        var rank = 0
        var defect: InvalidValue?
    }

    /// How many numbers one member of the outermost object may hold; what is past it takes no memory.
    let maxNumbers: Int
    /// What numbers in arrays are read as, to be read once more where another type is wanted in the end.
    let guess: ScalarType
    var numberCount = 0
    /// Of all members together.
    private(set) var totalNumberCount = 0
    private var valueCount = 0
    /// The first value that cannot be used; the rest of the text may still be malformed, which goes before.
    var refusal: InvalidValue?

    var offset = 0
    var levels: [Level] = []
    /// Of the objects that are open.
    var keys: [String] = []
    var rows: [JSONTable.Row] = []
    /// Those that stand in objects only.
    var arrays: [JSONArray] = []
    var otherArray: OtherArray?

    init(maxNumbers: Int = .max, guess: ScalarType = .float32) {
        self.maxNumbers = maxNumbers
        self.guess = guess
    }

    /// Passes over the text. Throws `JSONSyntaxError`, or `InvalidValue` for a number past float64 and for too many of them.
    mutating func scan(_ text: Span<UInt8>) throws {
        skipWhiteSpace(text)
        while true {
            if try beginValue(text) { continue }
            if try endValue(text) { break }
        }
        // Of an array that stands alone.
        endMember()
        if let refusal { throw refusal }
    }

    private mutating func endMember() {
        // A tensor in flat form has the numbers of its shape as well.
        if numberCount - TensorShape.maxRank > maxNumbers, refusal == nil {
            refusal = InvalidValue(
                .tooManyElements(limit: maxNumbers), at: pointer, "there are \(numberCount) numbers here")
        }
        totalNumberCount += numberCount
        numberCount = 0
    }

    /// Passes over a value, or over the beginning of an array or object that is not empty: true where a value follows.
    private mutating func beginValue(_ text: Span<UInt8>) throws -> Bool {
        guard let byte = peek(text) else { throw error(text, "the text ends where a value is expected") }
        // Elements of an array are none: of many, none are kept.
        if otherArray == nil { valueCount += 1 }
        guard valueCount <= Self.maxValues, keys.count <= Self.maxValues else {
            throw InvalidValue(
                .tooManyValues, at: pointer,
                "there are more than \(Self.maxValues) values up to here, besides elements of arrays, or members of open objects, and that is the limit"
            )
        }
        if otherArray != nil { note(byte) }
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let start = offset
            try number(text)
            numberCount += 1
            append(.number, from: start)
        case UInt8(ascii: "\""):
            let start = offset
            let isPlain = try passString(text)
            append(.string(isPlain: isPlain), from: start)
        case UInt8(ascii: "[") where otherArray == nil:
            if readArray(text) { return false }
            otherArray = OtherArray(start: offset, row: rows.count, depth: levels.count)
            return try beginArrayOrObject(text, isObject: false)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            return try beginArrayOrObject(text, isObject: byte == UInt8(ascii: "{"))
        case UInt8(ascii: "t"): try literal("true", .boolean(true), text)
        case UInt8(ascii: "f"): try literal("false", .boolean(false), text)
        case UInt8(ascii: "n"): try literal("null", .null, text)
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            throw error(text, "expected a value after the comma or colon, found \(shown(text))")
        case 0xEF where offset == 0:
            throw error(text, "the text begins with a byte order mark or is not JSON; it must begin with a value")
        default: throw noValue(text, from: offset)
        }
        return false
    }

    /// Passes over a bracket or brace: true where a value follows, false where it is closed at once.
    private mutating func beginArrayOrObject(_ text: Span<UInt8>, isObject: Bool) throws -> Bool {
        guard levels.count < Self.maxDepth else {
            throw error(text, "arrays and objects are nested more than \(Self.maxDepth) deep", kind: .tooDeep)
        }
        let row = append(isObject ? .object(count: 0) : .array(count: 0), from: offset)
        offset += 1
        skipWhiteSpace(text)
        if peek(text) == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            offset += 1
            if let row { rows[row].end = offset }
            return false
        }
        levels.append(Level(isObject: isObject, row: row, firstKey: keys.count))
        if isObject { try key(text) }
        return true
    }

    /// Passes over what follows a value, up to the next one: true at the end of the text.
    private mutating func endValue(_ text: Span<UInt8>) throws -> Bool {
        while !levels.isEmpty {
            skipWhiteSpace(text)
            if levels.count == 1 { endMember() }
            let top = levels.count - 1
            let isObject = levels[top].isObject
            let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            switch peek(text) {
            case UInt8(ascii: ","):
                offset += 1
                skipWhiteSpace(text)
                levels[top].key = nil
                levels[top].index += 1
                if isObject { try key(text) }
                return false
            case close:
                offset += 1
                endLevel()
                endOtherArray()
            default:
                throw error(text, "expected \",\" or \"\(isObject ? "}" : "]")\", found \(shown(text))")
            }
        }
        skipWhiteSpace(text)
        guard offset == text.count else { throw error(text, "expected the end of the text, found \(shown(text))") }
        return true
    }

    private mutating func key(_ text: Span<UInt8>) throws {
        guard peek(text) == UInt8(ascii: "\"") else {
            let hint = peek(text) == UInt8(ascii: "}") ? "after the comma" : "in double quotes"
            throw error(text, "expected a key \(hint), found \(shown(text))")
        }
        let start = offset
        let key = try string(text)
        levels[levels.count - 1].key = key
        guard remember(key) else {
            offset = start
            throw error(text, "the key \"\(key.clipped)\" is given twice", kind: .duplicateKey)
        }
        skipWhiteSpace(text)
        guard peek(text) == UInt8(ascii: ":") else { throw error(text, "expected \":\", found \(shown(text))") }
        offset += 1
        skipWhiteSpace(text)
    }

    func peek(_ text: Span<UInt8>) -> UInt8? {
        offset < text.count ? text[offset] : nil
    }

    private mutating func skipWhiteSpace(_ text: Span<UInt8>) {
        while let byte = peek(text), byte.isWhiteSpace { offset += 1 }
    }

    var pointer: JSONPointer {
        JSONPointer(levels.compactMap { $0.isObject ? $0.key : String($0.index) })
    }

    func error(_ text: Span<UInt8>, _ reason: String, kind: JSONSyntaxError.Kind = .malformed)
        -> JSONSyntaxError
    {
        var (line, lineStart) = (1, 0)
        for place in 0..<min(offset, text.count) where text[place] == 0x0A {
            line += 1
            lineStart = place + 1
        }
        return JSONSyntaxError(
            kind: kind, reason: reason, offset: offset, line: line, column: offset - lineStart + 1, pointer: pointer)
    }
}

extension UInt8 {
    /// As RFC 8259 §2 has it.
    @inline(__always)
    var isWhiteSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
