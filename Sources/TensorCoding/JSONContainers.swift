/// The members of an object, as they are written.
///
/// The types that answers hold most are written at once; all others write themselves, or are numbers.
struct JSONObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: JSONTextEncoder
    let place: JSONBuilder.Place

    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        begin(key)
        encoder.putNull()
    }

    func encode(_ value: Bool, forKey key: Key) {
        begin(key)
        encoder.put(value)
    }

    func encode(_ value: String, forKey key: Key) {
        begin(key)
        encoder.put(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        begin(key)
        encoder.put(value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        begin(key)
        try encoder.put(value)
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        begin(key)
        // Of a shape the elements are as many calls of generic code; a look at the type is none.
        if Value.self == [Int].self, let numbers = value as? [Int] {
            encoder.put(numbers)
        } else {
            try encoder.write(value)
        }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        begin(key)
        return encoder.container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key)
        return encoder.unkeyedContainer()
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        begin(key)
        return encoder
    }

    func superEncoder() -> any Encoder {
        encoder.beginMember("super", at: place)
        return encoder
    }

    private func begin(_ key: Key) {
        encoder.beginMember(key.stringValue, at: place)
    }
}

/// The elements of an array, as they are written.
struct JSONArrayContainer: UnkeyedEncodingContainer {
    let encoder: JSONTextEncoder
    let place: JSONBuilder.Place
    private(set) var count = 0

    init(encoder: JSONTextEncoder, place: JSONBuilder.Place) {
        self.encoder = encoder
        self.place = place
    }

    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() {
        begin()
        encoder.putNull()
    }

    mutating func encode(_ value: Int) {
        begin()
        encoder.put(value)
    }

    mutating func encode(_ value: Double) throws {
        begin()
        try encoder.put(value)
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        begin()
        try encoder.write(value)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
        begin()
        return encoder.container(keyedBy: keyType)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        return encoder.unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        begin()
        return encoder
    }

    private mutating func begin() {
        encoder.beginElement(at: place)
        count += 1
    }
}

/// A value that is neither array nor object, as it is written.
struct JSONValueContainer: SingleValueEncodingContainer {
    let encoder: JSONTextEncoder

    var codingPath: [any CodingKey] { [] }

    func encodeNil() { encoder.putNull() }
    func encode(_ value: Bool) { encoder.put(value) }
    func encode(_ value: String) { encoder.put(value) }
    func encode(_ value: Double) throws { try encoder.put(value) }
    func encode(_ value: Float) throws { try encoder.put(value) }

    func encode<Value: BinaryInteger & Encodable>(_ value: Value) { encoder.put(value) }

    func encode<Value: Encodable>(_ value: Value) throws { try encoder.write(value) }
}
