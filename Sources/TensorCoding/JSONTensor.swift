import PositionalEncoding

/// A tensor as it stands in JSON: nested arrays, or a shape beside flat data.
package struct JSONTensor: Sendable, Equatable {
    /// The ways to write `[[1,0],[0,1]]`.
    package enum Form: Sendable, Equatable {
        case nested
        /// `{"shape":[2,2],"data":[1,0,0,1]}`
        case flat
        /// `{"shape":[2,2],"base64":"AACAPwAAAAAAAAAAAACAPw=="}`: little-endian, row-major, of the tensor's type.
        case base64
    }

    package let tensor: AnyTensor
    package let form: Form

    package init(_ tensor: AnyTensor, form: Form) {
        self.tensor = tensor
        self.form = form
    }

    /// Reads a tensor of any form, its elements rounded once to the type.
    ///
    /// Throws `InvalidValue` where it is ragged, empty, holds what is no number or no number of the type, or has more than
    /// `maxElements`, which is checked by the announced lengths before the elements are read.
    package init(from decoder: any Decoder, as type: ScalarType, maxElements: Int = .max) throws {
        switch type {
        case .float32:
            let (tensor, form) = try TensorReader<Float>(maxElements: maxElements).read(JSONValue(decoder))
            self.init(.float32(tensor), form: form)
        case .float64:
            let (tensor, form) = try TensorReader<Double>(maxElements: maxElements).read(JSONValue(decoder))
            self.init(.float64(tensor), form: form)
        }
    }
}

extension JSONTensor: Encodable {
    private enum Key: String, CodingKey { case shape, data, base64 }

    /// Throws `EncodingError` where an element is no number that JSON has.
    package func encode(to encoder: any Encoder) throws {
        switch form {
        case .nested:
            try encode(axes: tensor.shape.axes, to: encoder)
        case .flat:
            var object = encoder.container(keyedBy: Key.self)
            try encode(axes: [tensor.shape.count], to: object.superEncoder(forKey: .data))
            try object.encode(tensor.shape.axes, forKey: .shape)
        case .base64:
            var object = encoder.container(keyedBy: Key.self)
            object.superEncoder(forKey: .base64).write(Base64Text(tensor))
            try object.encode(tensor.shape.axes, forKey: .shape)
        }
    }

    private func encode(axes: [Int], to encoder: any Encoder) throws(EncodingError) {
        do throws(NotFinite) {
            try encoder.write(ArrayText(tensor, axes: axes))
        } catch {
            throw .invalidValue(tensor, .init(codingPath: encoder.codingPath, debugDescription: "it is not finite"))
        }
    }
}
