/// A text that is not the JSON we read: where, and why.
package struct JSONSyntaxError: Error, Equatable {
    package enum Kind: Sendable {
        /// Not JSON by RFC 8259, or not UTF-8.
        case malformed
        case duplicateKey
        case tooDeep
    }

    package let kind: Kind
    package let reason: String
    /// Bytes before the place.
    package let offset: Int
    /// From 1; lines end in LF.
    package let line: Int
    /// In bytes, from 1.
    package let column: Int
    package let pointer: JSONPointer

    /// The same with more to the reason.
    func adding(_ text: String) -> JSONSyntaxError {
        JSONSyntaxError(
            kind: kind, reason: reason + text, offset: offset, line: line, column: column, pointer: pointer)
    }
}

/// A value that is JSON and not what is wanted in its place.
package struct InvalidValue: Error, Equatable {
    package enum Kind: Sendable, Equatable {
        case wrongType
        /// A number that its type cannot hold.
        case overflow
        case ragged
        case empty
        /// A shape that does not go with its data, or is none.
        case shapeMismatch
        case unknownKey
        case missingKey
        /// More than the limit.
        case tooManyElements(limit: Int)
        /// More values beside the elements of arrays than any request needs.
        case tooManyValues
        /// Two that cannot both be.
        case contradiction
    }

    package let kind: Kind
    package let pointer: JSONPointer
    /// A sentence that begins with what stands at the pointer.
    package let detail: String

    package init(_ kind: Kind, at pointer: JSONPointer, _ detail: String) {
        self.kind = kind
        self.pointer = pointer
        self.detail = detail
    }
}
