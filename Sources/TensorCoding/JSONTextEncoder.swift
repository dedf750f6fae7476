import FoundationEssentials

/// Writes a value as it is visited: members in alphabetical order, slashes as they are.
///
/// Foundation's encoder builds a tree of the value first, which takes longer than all the numbers of a small answer. This one
/// takes values that write their parts one after the other, as synthesized conformances do: a container is closed by what
/// follows it in another.
final class JSONTextEncoder: Encoder {
    // One variable, and not several: each access to one is checked.
    private var text = JSONBuilder()

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The text of a value. Throws `EncodingError` where a number is not finite, and `OutOfMemory`.
    static func text(of value: some Encodable) throws -> Data {
        let encoder = JSONTextEncoder()
        try encoder.write(value)
        return try encoder.text.output.takeData()
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONObjectContainer(encoder: self, place: text.open(isObject: true)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONArrayContainer(encoder: self, place: text.open(isObject: false))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        JSONValueContainer(encoder: self)
    }

    /// Writes a value, and closes what it has opened.
    func write<Value: Encodable>(_ value: Value) throws {
        let (depth, start) = (text.depth, text.output.count)
        try value.encode(to: self)
        text.close(to: depth)
        if text.output.count == start { text.output.append(word: "{}") }
    }

    func putNull() { text.output.append(word: "null") }
    func put(_ value: Bool) { text.output.append(word: value ? "true" : "false") }
    func put(_ value: String) { text.output.append(quoting: value) }
    func put(_ value: Int) { text.output.append(value) }
    func put(_ value: some BinaryInteger) { text.output.append(value) }
    func put(_ numbers: [Int]) { text.output.append(numbers) }

    func put<Number: DecimalScalar>(_ value: Number) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, EncodingError.Context(codingPath: [], debugDescription: "\(value) is no number of JSON"))
        }
        text.output.append(value)
    }

    func put<Text: LongText>(_ value: Text) throws(Text.Failure) {
        try text.output.append(value)
    }

    func beginMember(_ key: String, at place: JSONBuilder.Place) { text.beginMember(key, at: place) }
    func beginElement(at place: JSONBuilder.Place) { text.beginElement(at: place) }
}

extension Encoder {
    /// Writes a text here as it is.
    func write<Text: LongText>(_ text: Text) throws(Text.Failure) {
        guard let encoder = self as? JSONTextEncoder else { preconditionFailure("answers are written by JSONWriter") }
        try encoder.put(text)
    }
}
