import FoundationEssentials

/// Writes a value as it is visited: members in alphabetical order, slashes as they are.
///
/// Foundation's encoder builds a tree of the value first, which takes longer than all the numbers of a small answer. This one
/// takes values that write their parts one after the other, as synthesized conformances do: a container is closed by what
/// follows it in another.
final class JSONTextEncoder: Encoder {
    /// An array or object that is open.
    private struct Level {
        let isObject: Bool
        let place: Place
        var isEmpty = true
        /// Of an object: each key, and where its member begins.
        var members: [(key: String, start: Int)] = []
        var isSorted = true
    }

    /// By which a container finds its level: how deep it is, and its number among all.
    struct Place: Equatable {
        let depth: Int
        let serial: Int
    }

    private var openedCount = 0
    private var output = JSONOutput()
    private var levels: [Level] = []

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The text of a value. Throws `EncodingError` where a number is not finite, and `OutOfMemory`.
    static func text(of value: some Encodable) throws -> Data {
        let encoder = JSONTextEncoder()
        try encoder.write(value)
        return try encoder.output.takeData()
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONObjectContainer(encoder: self, place: open(isObject: true)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONArrayContainer(encoder: self, place: open(isObject: false))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        JSONValueContainer(encoder: self)
    }

    /// Writes a value, and closes what it has opened.
    func write<Value: Encodable>(_ value: Value) throws {
        let (depth, start) = (levels.count, output.count)
        try value.encode(to: self)
        close(to: depth)
        if output.count == start { output.append(word: "{}") }
    }

    func putNull() { output.append(word: "null") }
    func put(_ value: Bool) { output.append(word: value ? "true" : "false") }
    func put(_ value: String) { output.append(quoting: value) }
    func put(_ value: some BinaryInteger) { output.append(value) }

    func put<Number: DecimalScalar>(_ value: Number) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, EncodingError.Context(codingPath: [], debugDescription: "\(value) is no number of JSON"))
        }
        output.append(value)
    }

    func put(_ text: some LongText) {
        output.append(text)
    }

    /// Begins a member of the object that is open at a place.
    func beginMember(_ key: String, at place: Place) {
        beginElement(at: place)
        let index = place.depth - 1
        if let last = levels[index].members.last, !last.key.utf8.lexicographicallyPrecedes(key.utf8) {
            levels[index].isSorted = false
        }
        levels[index].members.append((key, output.count))
        output.append(quoting: key)
        output.append(UInt8(ascii: ":"))
    }

    /// Begins an element of the array that is open at a place.
    func beginElement(at place: Place) {
        let depth = place.depth
        precondition(
            levels.count >= depth && levels[depth - 1].place == place,
            "this container is closed: one that is later, or around it, has been written to")
        close(to: depth)
        if !levels[depth - 1].isEmpty { output.append(UInt8(ascii: ",")) }
        levels[depth - 1].isEmpty = false
    }

    /// Answers the place of what is now open.
    private func open(isObject: Bool) -> Place {
        output.append(UInt8(ascii: isObject ? "{" : "["))
        openedCount += 1
        let place = Place(depth: levels.count + 1, serial: openedCount)
        levels.append(Level(isObject: isObject, place: place))
        return place
    }

    private func close(to depth: Int) {
        while levels.count > depth, let level = levels.popLast() {
            if !level.isSorted { sort(level.members) }
            output.append(UInt8(ascii: level.isObject ? "}" : "]"))
        }
    }

    private func sort(_ members: [(key: String, start: Int)]) {
        guard !output.isOutOfMemory else { return }
        let ends = members.dropFirst().map { $0.start - 1 } + [output.count]
        let sorted = zip(members, ends).sorted { $0.0.key.utf8.lexicographicallyPrecedes($1.0.key.utf8) }
        output.reorder(sorted.map { $0.0.start..<$0.1 })
    }
}

extension Encoder {
    /// Writes a text here as it is.
    func write(_ text: some LongText) {
        guard let encoder = self as? JSONTextEncoder else { preconditionFailure("answers are written by JSONWriter") }
        encoder.put(text)
    }
}
