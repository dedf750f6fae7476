import FoundationEssentials
import PositionalEncoding

/// An array in a request's text that a decoder finds at its place, and that Foundation never sees.
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

    var beginsWithBoolean: Bool {
        switch elements {
        case .boolean: true
        case .other(let isBooleanFirst): isBooleanFirst
        case .float32, .float64: false
        }
    }
}

/// The arrays of a request, by their places.
///
/// A place has an array or it has not: what a client writes cannot be taken for one.
struct JSONArrays: Sendable {
    private let text: Data
    private let arrays: [JSONPointer: JSONArray]
    private let strings: [JSONPointer: Range<Int>]

    init(_ arrays: [JSONPointer: JSONArray], strings: [JSONPointer: Range<Int>], in text: Data) {
        self.arrays = arrays
        self.strings = strings
        self.text = text
    }

    /// Under which a decoder keeps them.
    static let key: CodingUserInfoKey = {
        guard let key = CodingUserInfoKey(rawValue: "arrays") else { preconditionFailure("any text is a key") }
        return key
    }()

    /// How many elements the array at a place has; nil where there is none.
    func elementCount(at place: JSONPointer) -> Int? { arrays[place]?.count }

    /// Whether an array without elements stands at a place.
    func isEmpty(at place: JSONPointer) -> Bool { arrays[place].map { $0.defect?.kind == .empty } ?? false }

    /// Whether an array whose first element is a boolean stands at a place.
    func beginsWithBoolean(at place: JSONPointer) -> Bool { arrays[place]?.beginsWithBoolean ?? false }

    /// The text of a long string at a place, without its quotes; nil where there is none.
    func longString(at place: JSONPointer) -> Data? {
        strings[place].map { text[$0] }
    }

    /// The tensor at a place; nil where there is no array. Throws `InvalidValue` where the array is no tensor of the elements.
    func tensor<Element: ArrayElement>(
        of type: Element.Type, at place: JSONPointer, maxElements: Int
    ) throws -> Tensor<Element>? {
        guard let array = arrays[place] else { return nil }
        let elements = try elements(of: array, as: type, at: place)
        guard let shape = TensorShape(array.axes) else {
            throw InvalidValue(
                .shapeMismatch, at: place,
                "a tensor has at most \(TensorShape.maxRank) axes; this has \(array.axes.count)")
        }
        guard shape.count <= maxElements else {
            throw InvalidValue(
                .tooManyElements(limit: maxElements), at: place, "there are \(shape.count) elements here")
        }
        return Tensor(shape: shape, elements: elements)
    }

    private func elements<Element: ArrayElement>(
        of array: JSONArray, as type: Element.Type, at place: JSONPointer
    ) throws -> [Element] {
        let known: [Element]? =
            switch array.elements {
            case .float32(let elements): elements as? [Element]
            case .float64(let elements): elements as? [Element]
            case .boolean(let elements): elements as? [Element]
            case .other: nil
            }
        if let known {
            if let defect = array.defect { throw defect }
            return known
        }
        // Of another type than was guessed while the text was scanned.
        guard
            let again = JSONArray(
                reading: text.span, from: array.range.lowerBound, as: type, maxCount: array.count, at: place)
        else {
            if let defect = array.defect, !array.beginsWithBoolean || type == Bool.self { throw defect }
            // The first element is the first that is not of the type.
            let indices = array.axes.map { _ in 0 }
            let found = array.beginsWithBoolean ? JSONValueKind.boolean : .number
            throw InvalidValue(
                .wrongType, at: indices.reduce(place) { $0.appending($1) },
                "an element of this tensor is \(Element.noun); this is \(found.rawValue)")
        }
        return try JSONArrays([place: again], strings: [:], in: text).elements(of: again, as: type, at: place)
    }
}

extension Decoder {
    /// Those of the text under way.
    var arrays: JSONArrays {
        guard let arrays = userInfo[JSONArrays.key] as? JSONArrays else {
            preconditionFailure("requests are read by JSONReader")
        }
        return arrays
    }

    var place: JSONPointer { JSONPointer(codingPath) }
}
