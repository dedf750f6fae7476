import PositionalEncoding

/// An attention mask as it stands in JSON: a tensor of booleans, or one of numbers.
package struct JSONMask: Sendable, Equatable {
    package let elements: AttentionMask.Elements

    /// Reads either form of a tensor; the first leaf says whether all are booleans or numbers of the type.
    ///
    /// Throws what `JSONTensor` throws.
    package init(from decoder: any Decoder, as type: ScalarType, maxElements: Int) throws {
        if Self.beginsWithBoolean(decoder) {
            elements = .boolean(try TensorReader<Bool>(maxElements: maxElements).read(decoder).0)
        } else {
            elements = .additive(try JSONTensor(from: decoder, as: type, maxElements: maxElements).tensor)
        }
    }

    private enum Key: String, CodingKey { case data }

    private static func beginsWithBoolean(_ decoder: any Decoder) -> Bool {
        let object = try? decoder.container(keyedBy: Key.self)
        var next: (any UnkeyedDecodingContainer)? =
            object == nil ? try? decoder.unkeyedContainer() : try? object?.nestedUnkeyedContainer(forKey: .data)
        while var array = next {
            var inner = array
            next = try? inner.nestedUnkeyedContainer()
            if next == nil { return (try? array.decode(Bool.self)) != nil }
        }
        return false
    }
}
