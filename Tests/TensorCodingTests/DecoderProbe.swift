import FoundationEssentials

/// All that a decoder says of a value and of what is in it: what it is as each type, and the path to it.
struct DecoderProbe: Decodable, DecodableWithConfiguration {
    let findings: [String]

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        var findings = ["at \(Self.path(decoder.codingPath))"]
        func note<Value>(_ name: String, _ read: () throws -> Value) {
            findings.append("\(name): \(Self.outcome(read))")
        }
        let value = try decoder.singleValueContainer()
        note("null") { value.decodeNil() }
        note("Bool") { try value.decode(Bool.self) }
        note("String") { try value.decode(String.self) }
        note("Double") { try value.decode(Double.self).bitPattern }
        note("Float") { try value.decode(Float.self).bitPattern }
        note("Int") { try value.decode(Int.self) }
        note("Int8") { try value.decode(Int8.self) }
        note("UInt64") { try value.decode(UInt64.self) }
        note("String?") { try value.decode(String?.self) }
        note("[String]") { try value.decode([String].self) }
        note("[String: Int]") { try value.decode([String: Int].self).sorted { $0.key < $1.key } }
        note("object") { _ = try decoder.container(keyedBy: Key.self) }
        note("array") { _ = try decoder.unkeyedContainer() }
        if let object = try? decoder.container(keyedBy: Key.self) {
            let keys = object.allKeys.sorted { $0.stringValue.utf8.lexicographicallyPrecedes($1.stringValue.utf8) }
            for key in keys + [Key(stringValue: "absent")] {
                note("contains \(key.stringValue)") { object.contains(key) }
                note("null") { try object.decodeNil(forKey: key) }
                note("Int") { try object.decode(Int.self, forKey: key) }
                note("Double?") { try object.decodeIfPresent(Double.self, forKey: key) }
                note("nested") { try object.nestedContainer(keyedBy: Key.self, forKey: key).allKeys.count }
                note("nested") { try object.nestedUnkeyedContainer(forKey: key).count }
            }
            for key in keys { findings += try DecoderProbe(from: object.superDecoder(forKey: key)).findings }
        }
        if var array = try? decoder.unkeyedContainer() {
            note("count") { array.count }
            while !array.isAtEnd {
                note("index") { array.currentIndex }
                var ahead = array
                note("null") { try ahead.decodeNil() }
                note("String") { try ahead.decode(String.self) }
                note("index") { ahead.currentIndex }
                findings += try DecoderProbe(from: array.superDecoder()).findings
            }
            findings.append((try? array.decode(String.self)) == nil ? "end" : "more")
        }
        self.findings = findings
    }

    init(from decoder: any Decoder, configuration: Void) throws {
        try self.init(from: decoder)
    }

    /// Of errors that there is one: Foundation has a kind and a path for some of them only.
    private static func outcome<Value>(_ read: () throws -> Value) -> String {
        do {
            return "\(try read())"
        } catch {
            return "fails"
        }
    }

    private static func path(_ path: [any CodingKey]) -> String {
        path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
    }
}
