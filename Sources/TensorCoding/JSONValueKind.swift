/// What a JSON value is, in the words of an error message.
package enum JSONValueKind: String, Sendable {
    case null
    case boolean = "a boolean"
    case number = "a number"
    case string = "a string"
    case array = "an array"
    case object = "an object"
}
