import TensorCoding

/// The members of an object in a JSON body.
struct JSONFields: Fields, Sendable {
    private let object: JSONValue
    /// Whether a member of null is as one that is not there, as in what others wrote.
    private let ignoresNull: Bool

    /// Throws where the value is no object.
    init(_ decoder: any Decoder) throws {
        try self.init(JSONValue(decoder), ignoringNull: false)
    }

    private init(_ value: JSONValue, ignoringNull: Bool) throws {
        guard value.kind == .object else {
            let place = value.place
            throw Problem(
                .wrongType, at: .pointer(place),
                "\(place.steps.last ?? "the body") must be an object; this is \(value.kind.explained)")
        }
        object = value
        ignoresNull = ignoringNull
    }

    var names: [String] {
        var names: [String] = []
        for member in object.children where !ignoresNull || member.kind != .null { names.append(member.key) }
        return names
    }

    /// The names of those that hold objects.
    var objectNames: [String] { object.children.filter { $0.kind == .object }.map(\.key) }

    private func member(_ name: String) -> JSONValue? {
        guard let member = object.member(name), !ignoresNull || member.kind != .null else { return nil }
        return member
    }

    func contains(_ name: String) -> Bool { member(name) != nil }

    /// Whether a member is there and null, which in a config is not always as if it were absent.
    func isNull(_ name: String) -> Bool { object.member(name)?.kind == .null }

    func place(of name: String) -> Place {
        .pointer(object.place.appending(name))
    }

    func place(of name: String, indices: [Int]) -> Place {
        .pointer(indices.reduce(object.place.appending(name)) { $0.appending($1) })
    }

    func number(_ name: String) throws -> Double { try value(name, "a number") { try $0.decode(Double.self) } }
    func boolean(_ name: String) throws -> Bool { try value(name, "true or false") { try $0.decode(Bool.self) } }
    func string(_ name: String) throws -> String { try value(name, "a string") { try $0.decode(String.self) } }

    func numbers(_ name: String) throws -> [Double] {
        let list = try NumberList(from: decoder(of: name))
        guard list.axes.count == 1 else {
            throw Problem(.wrongType, at: place(of: name), "\(name) must be a list of numbers; this holds lists")
        }
        return list.numbers
    }

    func positions(_ name: String, rowCounts: ClosedRange<Int>) throws -> PositionList {
        let value = try value(of: name)
        if value.kind == .number { return PositionList(numbers: [try number(name)], axes: []) }
        guard value.kind == .array else {
            throw Problem(
                .wrongType, at: place(of: name),
                "\(name) must be a number, or an array with one number a row; this is \(value.kind.rawValue)")
        }
        let list = try NumberList(from: value)
        return PositionList(numbers: list.numbers, axes: list.axes)
    }

    func rotary(_ context: RequestContext) throws -> RotaryFields {
        guard names.contains(where: RotaryFields.names.contains) else { return try RotaryFields.defaults.get() }
        return try RotaryFields(self, context.models)
    }

    /// A list of strings.
    func strings(_ name: String) throws -> [String] {
        try value(name, "a list of strings") { try $0.decode([String].self) }
    }

    /// The members of the object that a field holds.
    func object(_ name: String, ignoringNull: Bool = false) throws -> JSONFields {
        try JSONFields(value(of: name), ignoringNull: ignoringNull || ignoresNull)
    }

    /// Whether a field holds an object.
    func isObject(_ name: String) throws -> Bool {
        try value(of: name).kind == .object
    }

    /// For a type that reads itself.
    func decoder(of name: String) throws -> any Decoder { try value(of: name) }

    private func value(of name: String) throws -> JSONValue {
        guard let value = member(name) else {
            throw Problem(.missingField, at: place(of: name), "\(name) is missing")
        }
        return value
    }

    private func value<Value>(
        _ name: String, _ expected: String, _ read: (JSONValue) throws -> Value
    ) throws -> Value {
        let value = try value(of: name)
        guard let read = try? read(value) else {
            throw Problem(
                .wrongType, at: place(of: name), "\(name) must be \(expected); this is \(value.kind.explained)")
        }
        return read
    }
}

extension JSONValueKind {
    /// With what to do about it, where that is known.
    fileprivate var explained: String {
        self == .null ? "null; leave it out for the default" : rawValue
    }
}
