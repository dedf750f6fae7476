/// The members of an object, by their keys.
struct JSONMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    /// In an object of as many, each look at all of them would make reading it quadratic.
    private static var many: Int { 16 }

    private let object: JSONValue
    /// Of an object with many: the members by the bytes of their keys.
    private let members: [[UInt8]: JSONValue]?

    init(_ object: JSONValue, count: Int) {
        self.object = object
        members =
            count < Self.many ? nil : Dictionary(uniqueKeysWithValues: object.children.map { (Array($0.key.utf8), $0) })
    }

    var codingPath: [any CodingKey] { object.codingPath }
    var allKeys: [Key] { object.children.compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool { member(key.stringValue) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try value(key).decodeNil() }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try Value(from: value(key))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try value(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try value(key).unkeyedContainer()
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }

    func superDecoder() throws -> any Decoder {
        guard let value = member("super") else {
            throw DecodingError.valueNotFound(
                (any Decoder).self, .init(codingPath: codingPath, debugDescription: "there is no member super"))
        }
        return value
    }

    private func value(_ key: Key) throws -> JSONValue {
        guard let value = member(key.stringValue) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "it is missing"))
        }
        return value
    }

    private func member(_ key: String) -> JSONValue? {
        members.map { $0[Array(key.utf8)] } ?? object.member(key)
    }
}

/// The elements of an array, one after the other.
struct JSONElements: UnkeyedDecodingContainer {
    private let array: JSONValue
    private var elements: JSONValue.Children
    private let elementCount: Int
    private(set) var currentIndex = 0

    init(_ array: JSONValue, count: Int) {
        self.array = array
        elements = array.children
        elementCount = count
    }

    var codingPath: [any CodingKey] { array.codingPath }
    var count: Int? { elementCount }
    var isAtEnd: Bool { currentIndex == elementCount }

    mutating func decodeNil() throws -> Bool {
        var ahead = self
        guard try ahead.next().decodeNil() else { return false }
        self = ahead
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        var ahead = self
        let value = try Value(from: ahead.next())
        self = ahead
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> JSONValue {
        guard let value = elements.next() else {
            throw DecodingError.valueNotFound(
                (any Decoder).self, .init(codingPath: codingPath, debugDescription: "there are no more elements"))
        }
        currentIndex += 1
        return value
    }
}
