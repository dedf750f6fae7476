import FoundationEssentials

/// Any JSON value, read by Foundation's decoder; the smallest type that `JSONReader` reads.
enum JSONDocument: Equatable, DecodableWithConfiguration {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONDocument])
    case object([String: JSONDocument])

    /// What every type of a request is given; nothing here.
    struct Configuration {}

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder, configuration: Configuration) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {
            var members: [String: JSONDocument] = [:]
            for key in object.allKeys {
                members[key.stringValue] = try JSONDocument(
                    from: object.superDecoder(forKey: key), configuration: configuration)
            }
            self = .object(members)
        } else if var array = try? decoder.unkeyedContainer() {
            var elements: [JSONDocument] = []
            while !array.isAtEnd {
                elements.append(try JSONDocument(from: array.superDecoder(), configuration: configuration))
            }
            self = .array(elements)
        } else {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let boolean = try? value.decode(Bool.self) {
                self = .boolean(boolean)
            } else if let string = try? value.decode(String.self) {
                self = .string(string)
            } else {
                self = .number(try value.decode(Double.self))
            }
        }
    }
}
