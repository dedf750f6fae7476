/// A place in a JSON document, as RFC 6901 writes it: `/x/3/17`.
package struct JSONPointer: Sendable, Equatable, CustomStringConvertible {
    package var steps: [String]

    package init(_ steps: [String] = []) {
        self.steps = steps
    }

    init(_ codingPath: [any CodingKey]) {
        steps = codingPath.map(\.stringValue)
    }

    /// Byte for byte: strings compare as people read them, and keys as RFC 8259 §8.3 has it.
    package static func == (one: JSONPointer, other: JSONPointer) -> Bool {
        one.steps.elementsEqual(other.steps) { $0.isSame(as: $1) }
    }

    package func appending(_ step: String) -> JSONPointer {
        // Of places of members of the body many are made, and few are read.
        steps.isEmpty ? JSONPointer([step]) : JSONPointer(steps + [step])
    }

    package func appending(_ index: Int) -> JSONPointer {
        appending(String(index))
    }

    /// Steps past 64 characters, which no field of ours has, are cut short: what a client sent is not sent back to it whole.
    package var description: String {
        steps.map { "/" + $0.clipped.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }
}

extension String {
    /// Enough of a client's own text for a message.
    package var clipped: String {
        // Counting the characters of a text is as long as the text.
        utf8.count <= 64 ? self : prefix(61) + "…"
    }
}
