import PositionalEncoding

/// An attention mask as it stands in JSON: a tensor of booleans, or one of numbers.
package struct JSONMask: Sendable, Equatable {
    package let elements: AttentionMask.Elements

    /// Reads any form of a tensor; booleans are told from numbers by the first.
    ///
    /// Throws what `JSONTensor` throws.
    package init(from decoder: any Decoder, as type: ScalarType) throws {
        let value = JSONValue(decoder)
        if value.array?.beginsWithBoolean ?? value.member("data")?.array?.beginsWithBoolean ?? false {
            let reader = TensorReader<Bool>(maxElements: .max)
            elements = .boolean(try reader.read(value).tensor)
        } else {
            elements = .additive(try JSONTensor(from: decoder, as: type).tensor)
        }
    }
}
