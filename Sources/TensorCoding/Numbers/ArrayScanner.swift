/// One pass over nested arrays of one kind of element, which reads them into memory as it goes.
///
/// It knows no words for what it does not understand: where the text is no such array it gives up, and the scanner of all
/// JSON says why.
@safe struct ArrayScanner<Element: ArrayElement> {
    /// What makes the arrays no tensor, and where: the indices on each axis, outermost first.
    struct Defect {
        let kind: InvalidValue.Kind
        let detail: String
        let indices: [Int]
    }

    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private var cursor: UnsafePointer<UInt8>

    /// The array under way; 0 is the outermost.
    private var depth = 0
    /// Of each array that is open, the elements or arrays so far.
    private var lengths = InlineArray<64, Int>(repeating: 0)
    /// Of each axis, what the first array on it had; -1 until that is closed.
    private(set) var axes = InlineArray<64, Int>(repeating: -1)
    /// The depth of arrays that hold elements; -1 until there is one.
    private var elementDepth = -1
    /// How many elements the text has.
    private(set) var count = 0
    /// The first.
    private(set) var defect: Defect?

    /// `text` begins with a bracket.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        let start = unsafe text.baseAddress.unsafelyUnwrapped
        unsafe self.start = start
        unsafe end = unsafe start + text.count
        unsafe cursor = start
    }

    /// How many bytes were read.
    var length: Int { unsafe cursor - start }

    /// How many axes the arrays have.
    var rank: Int { elementDepth + 1 }

    /// Reads all arrays, and of their elements as many as `elements` takes. False where the text is something else.
    mutating func scan(into elements: UnsafeMutableBufferPointer<Element>, maxDepth: Int) -> Bool {
        unsafe cursor += 1
        while true {
            skipWhiteSpace()
            guard let byte = peek() else { return false }
            if byte == UInt8(ascii: "[") {
                guard depth + 1 < maxDepth else { return false }
                if elementDepth >= 0, depth >= elementDepth {
                    note(.ragged, "its neighbours are no arrays, and this is an array", depth + 1)
                }
                depth += 1
                lengths[depth] = 0
                unsafe cursor += 1
                continue
            }
            // A bracket that closes comes here only after one that opens: closeArrays and scanElements look past commas.
            if byte != UInt8(ascii: "]") {
                switch unsafe scanElements(into: elements) {
                case .arrayNext: continue
                case .end: break
                case .malformed: return false
                }
            }
            guard let isOver = closeArrays() else { return false }
            if isOver { return true }
        }
    }

    private enum Elements { case end, arrayNext, malformed }

    /// Reads elements up to the end of their array, or to an array among them.
    private mutating func scanElements(into elements: UnsafeMutableBufferPointer<Element>) -> Elements {
        if elementDepth < 0 { elementDepth = depth }
        if depth != elementDepth {
            note(.ragged, "its neighbours are arrays, and this is not an array", depth + 1)
        }
        var value = Element.filler
        // In registers: what stands in self is written back to memory for each number.
        var cursor = unsafe self.cursor
        let (end, before) = unsafe (self.end, count)
        var place = before
        defer {
            unsafe self.cursor = cursor
            count = place
            lengths[depth] += place - before
        }
        var pace = RunPace()
        while true {
            if pace.mayTry {
                let run = unsafe Self.readRun(cursor, end, into: elements, at: place)
                pace.tried(run.count)
                unsafe cursor += run.length
                place += run.count
                unsafe Self.skipWhiteSpace(&cursor, end)
                guard unsafe cursor < end else { return .malformed }
                if unsafe cursor.pointee == UInt8(ascii: "[") { return .arrayNext }
            }
            switch unsafe Element.read(&cursor, end, into: &value) {
            case .finite: break
            case .overflow:
                lengths[depth] += place - before
                note(.overflow, "this number is too large for \(Element.typeName)", depth + 1)
                lengths[depth] -= place - before
            case .malformed: return .malformed
            }
            if place < elements.count { unsafe elements[place] = value }
            place += 1
            unsafe Self.skipWhiteSpace(&cursor, end)
            guard unsafe cursor < end, unsafe cursor.pointee == UInt8(ascii: ",") else { return .end }
            unsafe cursor += 1
            unsafe Self.skipWhiteSpace(&cursor, end)
            guard unsafe cursor < end else { return .malformed }
            if unsafe cursor.pointee == UInt8(ascii: "[") { return .arrayNext }
        }
    }

    // Static: self with all its axes would be copied for each call.
    private static func readRun(
        _ cursor: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>,
        into elements: UnsafeMutableBufferPointer<Element>, at place: Int
    ) -> FloatKernels.Run {
        guard let target = elements.baseAddress else { return FloatKernels.Run(count: 0, length: 0) }
        let kept = min(place, elements.count)
        return unsafe Element.readRun(cursor, end, into: target + kept, room: elements.count - kept)
    }

    /// When to try whether numbers can be read many at once: less and less often where they cannot.
    private struct RunPace {
        private static var most: Int { 64 }
        private var step = 1
        private var wait = 0

        /// Asked once for each number.
        var mayTry: Bool {
            mutating get {
                wait -= 1
                return wait < 0
            }
        }

        mutating func tried(_ count: Int) {
            step = count > 0 ? 1 : min(step * 2, Self.most)
            wait = step
        }
    }

    /// Closes arrays up to a comma: true where the outermost is closed, nil where something else stands there.
    private mutating func closeArrays() -> Bool? {
        while true {
            skipWhiteSpace()
            switch peek() {
            case UInt8(ascii: ","):
                unsafe cursor += 1
                skipWhiteSpace()
                return peek() == UInt8(ascii: "]") ? nil : false
            case UInt8(ascii: "]"):
                unsafe cursor += 1
                checkLength()
                if depth == 0 { return true }
                depth -= 1
                lengths[depth] += 1
            default: return nil
            }
        }
    }

    private mutating func checkLength() {
        let length = lengths[depth]
        if axes[depth] < 0 {
            axes[depth] = length
            if length == 0 { note(.empty, "a tensor holds at least one element, and this array none", 0) }
        } else if axes[depth] != length {
            note(.ragged, "this row has length \(length), and the first of its axis has length \(axes[depth])", depth)
        }
    }

    private mutating func note(_ kind: InvalidValue.Kind, _ detail: String, _ indexCount: Int) {
        guard defect == nil else { return }
        defect = Defect(kind: kind, detail: detail, indices: (0..<indexCount).map { lengths[$0] })
    }

    private func peek() -> UInt8? {
        unsafe cursor < end ? cursor.pointee : nil
    }

    private mutating func skipWhiteSpace() {
        unsafe Self.skipWhiteSpace(&cursor, end)
    }

    @inline(__always)
    private static func skipWhiteSpace(_ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
        while unsafe cursor < end, unsafe cursor.pointee <= 0x20 {
            let byte = unsafe cursor.pointee
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            unsafe cursor += 1
        }
    }
}
