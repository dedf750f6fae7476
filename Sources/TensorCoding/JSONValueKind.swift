/// What a JSON value is, in the words of an error message.
package enum JSONValueKind: String, Sendable {
    case null
    case boolean = "a boolean"
    case number = "a number"
    case string = "a string"
    case array = "an array"
    case object = "an object"

    /// Looks at the value by trying; slow, and only for messages.
    package init(of decoder: any Decoder) {
        guard let value = try? decoder.singleValueContainer() else {
            self = .null
            return
        }
        if value.decodeNil() {
            self = .null
        } else if (try? value.decode(Bool.self)) != nil {
            self = .boolean
        } else if (try? value.decode(Double.self)) != nil {
            self = .number
        } else if (try? value.decode(String.self)) != nil {
            self = .string
        } else if (try? decoder.unkeyedContainer()) != nil {
            self = .array
        } else {
            self = .object
        }
    }
}
