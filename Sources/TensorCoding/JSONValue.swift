import FoundationEssentials

/// A value in a request's text, and the decoder of it.
///
/// A number or a string is read once it is asked for.
package struct JSONValue: Decoder {
    private let table: JSONTable
    private let index: Int

    /// The outermost value of a text.
    init(_ table: JSONTable) {
        self.init(table, at: 0)
    }

    /// What a request's type is decoded from.
    package init(_ decoder: any Decoder) {
        guard let value = decoder as? JSONValue else { preconditionFailure("requests are read by JSONReader") }
        self = value
    }

    private init(_ table: JSONTable, at index: Int) {
        self.table = table
        self.index = index
    }

    var content: JSONTable.Row.Content { table.rows[index].content }

    package var kind: JSONValueKind {
        switch content {
        case .null: .null
        case .boolean: .boolean
        case .number: .number
        case .string: .string
        case .array, .closedArray: .array
        case .object: .object
        }
    }

    /// Of a member of an object.
    package var key: String { table.rows[index].key }

    var text: Data { table.text }

    /// Where it stands in the text.
    var range: Range<Int> { table.rows[index].start..<table.rows[index].end }

    /// What was read of an array that stands in objects only, or alone.
    var array: JSONArray? { table.rows[index].array.map { table.arrays[$0] } }

    package var place: JSONPointer {
        guard table.rows[index].parent >= 0 else { return JSONPointer() }
        var steps: [String] = []
        var row = table.rows[index]
        while row.parent >= 0 {
            let parent = table.rows[row.parent]
            if case .object = parent.content { steps.append(row.key) } else { steps.append(String(row.ordinal)) }
            row = parent
        }
        return JSONPointer(steps.reversed())
    }

    // MARK: What is in it

    /// Members or elements, in the order of the text.
    package struct Children: Sequence, IteratorProtocol {
        fileprivate let table: JSONTable
        fileprivate var index: Int
        fileprivate let end: Int

        package mutating func next() -> JSONValue? {
            guard index < end else { return nil }
            defer { index = table.rows[index].next }
            return JSONValue(table, at: index)
        }
    }

    /// None of what has no members or elements, or none that were kept.
    package var children: Children { Children(table: table, index: index + 1, end: table.rows[index].next) }

    /// The member of an object under a key, byte for byte; of what is no object, nil.
    package func member(_ key: String) -> JSONValue? {
        guard case .object = content else { return nil }
        var children = children
        while let child = children.next() {
            if child.key.isSame(as: key) { return child }
        }
        return nil
    }

    // MARK: Decoder

    private struct Step: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package var codingPath: [any CodingKey] { place.steps.map(Step.init) }
    package var userInfo: [CodingUserInfoKey: Any] { [:] }

    package func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let count) = content else { throw mismatch([String: any Decodable].self) }
        return KeyedDecodingContainer(JSONMembers(self, count: count))
    }

    /// Throws for an array of numbers or booleans, too: `NumberList` and `JSONTensor` read those.
    package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let count) = content else { throw mismatch([any Decodable].self) }
        return JSONElements(self, count: count)
    }

    package func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func mismatch(_ type: any Any.Type) -> DecodingError {
        let context = DecodingError.Context(codingPath: codingPath, debugDescription: "this is \(kind.rawValue)")
        if case .null = content { return .valueNotFound(type, context) }
        return .typeMismatch(type, context)
    }
}

extension String {
    /// Byte for byte, as RFC 8259 §8.3 has it of keys; == compares as people read.
    func isSame(as other: String) -> Bool {
        self == other && utf8.elementsEqual(other.utf8)
    }
}
