import TensorCoding

/// The members of an object in a JSON body.
struct JSONFields: Fields {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Key>
    private let pointer: JSONPointer

    /// Throws where the value is no object.
    init(_ decoder: any Decoder, at pointer: JSONPointer = JSONPointer()) throws {
        guard let container = try? decoder.container(keyedBy: Key.self) else {
            let name = pointer.steps.last ?? "the body"
            throw Problem(
                .wrongType, at: .pointer(pointer),
                "\(name) must be an object; this is \(JSONValueKind(of: decoder).explained)")
        }
        self.container = container
        self.pointer = pointer
    }

    var names: [String] { container.allKeys.map(\.stringValue) }

    func contains(_ name: String) -> Bool {
        container.contains(Key(stringValue: name))
    }

    func place(of name: String) -> Place {
        .pointer(pointer.appending(name))
    }

    func number(_ name: String) throws -> Double { try value(name, "a number") }
    func boolean(_ name: String) throws -> Bool { try value(name, "true or false") }
    func string(_ name: String) throws -> String { try value(name, "a string") }

    /// The members of the object that a field holds.
    func object(_ name: String) throws -> JSONFields {
        try JSONFields(decoder(of: name), at: pointer.appending(name))
    }

    /// For a type that reads itself.
    func decoder(of name: String) throws -> any Decoder {
        guard contains(name) else { throw Problem(.missingField, at: place(of: name), "\(name) is missing") }
        return try container.superDecoder(forKey: Key(stringValue: name))
    }

    private func value<Value: Decodable>(_ name: String, _ expected: String) throws -> Value {
        if let value = try? container.decode(Value.self, forKey: Key(stringValue: name)) { return value }
        let found = JSONValueKind(of: try decoder(of: name))
        throw Problem(.wrongType, at: place(of: name), "\(name) must be \(expected); this is \(found.explained)")
    }
}

extension JSONValueKind {
    /// With what to do about it, where that is known.
    fileprivate var explained: String {
        self == .null ? "null; leave it out for the default" : rawValue
    }
}
