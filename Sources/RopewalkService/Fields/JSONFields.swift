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
    let pointer: JSONPointer
    /// Whether a member of null is as one that is not there, as in what others wrote.
    private let ignoresNull: Bool
    let names: [String]

    /// Throws where the value is no object.
    init(_ decoder: any Decoder, at pointer: JSONPointer = JSONPointer(), ignoringNull: Bool = false) throws {
        guard let container = try? decoder.container(keyedBy: Key.self) else {
            let name = pointer.steps.last ?? "the body"
            throw Problem(
                .wrongType, at: .pointer(pointer),
                "\(name) must be an object; this is \(JSONValueKind(of: decoder).explained)")
        }
        self.container = container
        self.pointer = pointer
        ignoresNull = ignoringNull
        let keys = container.allKeys
        names = (ignoringNull ? keys.filter { (try? container.decodeNil(forKey: $0)) == false } : keys)
            .map(\.stringValue)
    }

    /// Requests have few members, and ask for many: a look at the names is quicker than one into the container.
    func contains(_ name: String) -> Bool {
        names.contains(name)
    }

    func place(of name: String) -> Place {
        .pointer(pointer.appending(name))
    }

    func place(of name: String, indices: [Int]) -> Place {
        .pointer(indices.reduce(pointer.appending(name)) { $0.appending($1) })
    }

    func number(_ name: String) throws -> Double { try value(name, "a number") }
    func boolean(_ name: String) throws -> Bool { try value(name, "true or false") }
    func string(_ name: String) throws -> String { try value(name, "a string") }

    func numbers(_ name: String) throws -> [Double] {
        let list = try NumberList(from: decoder(of: name))
        guard list.axes.count == 1 else {
            throw Problem(.wrongType, at: place(of: name), "\(name) must be a list of numbers; this holds lists")
        }
        return list.numbers
    }

    func positions(_ name: String, rowCount: Int) throws -> PositionList {
        do {
            let list = try NumberList(from: decoder(of: name))
            return PositionList(numbers: list.numbers, axes: list.axes)
        } catch let error as InvalidValue where error.kind == .wrongType && error.pointer == pointer.appending(name) {
            if let number = try? container.decode(Double.self, forKey: Key(stringValue: name)) {
                return PositionList(numbers: [number], axes: [])
            }
            let found = JSONValueKind(of: try decoder(of: name)).rawValue
            throw Problem(
                .wrongType, at: place(of: name),
                "\(name) must be a number, or an array with one number a row; this is \(found)")
        }
    }

    func rotary(_ context: RequestContext) throws -> RotaryFields { try RotaryFields(self, context.models) }

    /// A list of strings.
    func strings(_ name: String) throws -> [String] { try value(name, "a list of strings") }

    /// The members of the object that a field holds.
    func object(_ name: String, ignoringNull: Bool = false) throws -> JSONFields {
        try JSONFields(
            decoder(of: name), at: pointer.appending(name), ignoringNull: ignoringNull || self.ignoresNull)
    }

    /// Whether a field holds an object.
    func isObject(_ name: String) throws -> Bool {
        try JSONValueKind(of: decoder(of: name)) == .object
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
