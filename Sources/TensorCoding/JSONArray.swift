/// An array in a request's text, read while the text was scanned.
struct JSONArray: Sendable {
    enum Elements: Sendable {
        case float32([Float])
        case float64([Double])
        case boolean([Bool])
        /// Neither numbers nor booleans alone.
        case other(isBooleanFirst: Bool)
    }

    /// Where in the text it stands.
    let range: Range<Int>
    let elements: Elements
    /// The lengths of its axes, outermost first; of an array that is neither, as many as its first element is deep.
    let axes: [Int]
    /// How many elements it has.
    let count: Int
    /// The first thing that makes it no tensor.
    let defect: InvalidValue?

    var isEmpty: Bool { defect?.kind == .empty }

    var beginsWithBoolean: Bool {
        switch elements {
        case .boolean: true
        case .other(let isBooleanFirst): isBooleanFirst
        case .float32, .float64: false
        }
    }
}
