import FoundationEssentials
import PositionalEncoding

/// What Foundation alone reads an element as: `Float`, `Double` and `Bool`.
protocol PlainElement: Codable {
    /// Elements from their bytes, one by one; nil where they have no form of bytes.
    static func elements(_ bytes: Data) -> [Self]?
    /// Those of a number; 0 and 1 for booleans.
    var bits: UInt64 { get }
}

/// A tensor that Foundation's coders read and write without any help, for comparison with `JSONTensor`.
struct PlainTensor<Element: PlainElement>: Codable {
    let axes: [Int]
    let elements: [Element]
    let form: Form

    enum Form { case nested, flat, base64 }

    private enum Key: String, CodingKey, CaseIterable { case shape, data, base64 }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct NoTensor: Error {}

    init(_ elements: [Element], axes: [Int], form: Form) {
        (self.elements, self.axes, self.form) = (elements, axes, form)
    }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {
            let keys = try Set(decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue))
            axes = try object.decode([Int].self, forKey: .shape)
            if keys == ["shape", "data"] {
                form = .flat
                elements = try object.decode([Element].self, forKey: .data)
            } else if keys == ["shape", "base64"] {
                form = .base64
                // In lines or not.
                let text = try object.decode(String.self, forKey: .base64).unicodeScalars.filter {
                    !" \t\r\n".unicodeScalars.contains($0)
                }
                guard let bytes = Data(base64Encoded: String(String.UnicodeScalarView(text))),
                    let elements = Element.elements(bytes)
                else { throw NoTensor() }
                self.elements = elements
            } else {
                throw NoTensor()
            }
        } else {
            form = .nested
            let nest = try PlainNest<Element>(from: decoder)
            guard let axes = nest.axes else { throw NoTensor() }
            self.axes = axes
            elements = nest.elements
        }
        guard let shape = TensorShape(axes), shape.count == elements.count else { throw NoTensor() }
    }

    func encode(to encoder: any Encoder) throws {
        switch form {
        case .nested: try PlainNest(elements[...], axes: axes[...]).encode(to: encoder)
        case .flat:
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(axes, forKey: .shape)
            try object.encode(elements, forKey: .data)
        case .base64:
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(axes, forKey: .shape)
            try object.encode(elements.withUnsafeBytes { Data($0) }, forKey: .base64)
        }
    }
}

/// Arrays in arrays, elements in the innermost, as they stand.
indirect enum PlainNest<Element: PlainElement>: Codable {
    case element(Element)
    case array([PlainNest])

    init(_ elements: ArraySlice<Element>, axes: ArraySlice<Int>) {
        guard let axis = axes.first else {
            self = elements.first.map(PlainNest.element) ?? .array([])
            return
        }
        let length = elements.count / axis
        self = .array(
            (0..<axis).map { index in
                let start = elements.startIndex + index * length
                return PlainNest(elements[start..<start + length], axes: axes.dropFirst())
            })
    }

    init(from decoder: any Decoder) throws {
        // The innermost arrays at once: trying each element is slow.
        if let elements = try? [Element](from: decoder) {
            self = .array(elements.map(PlainNest.element))
        } else if let rows = try? [PlainNest](from: decoder) {
            self = .array(rows)
        } else {
            self = .element(try Element(from: decoder))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .element(let element): try element.encode(to: encoder)
        case .array(let rows): try rows.encode(to: encoder)
        }
    }

    var elements: [Element] {
        switch self {
        case .element(let element): [element]
        case .array(let rows): rows.flatMap(\.elements)
        }
    }

    /// The lengths of the axes; nil where rows are ragged or empty.
    var axes: [Int]? {
        guard case .array(let rows) = self else { return [] }
        guard let first = rows.first?.axes, rows.allSatisfy({ $0.axes == first }) else { return nil }
        return [rows.count] + first
    }
}

extension Float: PlainElement {
    static func elements(_ bytes: Data) -> [Float]? {
        guard bytes.count.isMultiple(of: 4) else { return nil }
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * $1) })
        }
    }
    var bits: UInt64 { UInt64(bitPattern) }
}

extension Double: PlainElement {
    static func elements(_ bytes: Data) -> [Double]? {
        guard bytes.count.isMultiple(of: 8) else { return nil }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * $1) })
        }
    }
    var bits: UInt64 { bitPattern }
}

extension Bool: PlainElement {
    static func elements(_ bytes: Data) -> [Bool]? { nil }
    var bits: UInt64 { self ? 1 : 0 }
}
