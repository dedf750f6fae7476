import PositionalEncoding

/// A tensor as it stands in JSON: nested arrays, or a shape beside flat data.
package struct JSONTensor: Sendable, Equatable {
    /// The two ways to write `[[1,0],[0,1]]`.
    package enum Form: Sendable, Equatable {
        case nested
        /// `{"shape":[2,2],"data":[1,0,0,1]}`
        case flat
    }

    package let tensor: AnyTensor
    package let form: Form

    package init(_ tensor: AnyTensor, form: Form) {
        self.tensor = tensor
        self.form = form
    }

    /// Reads a tensor of either form, its elements rounded once to the type.
    ///
    /// Throws `InvalidValue` where it is ragged, empty, holds what is no number or no number of the type, or has more than
    /// `maxElements`, which is checked by the announced lengths before the elements are read.
    package init(from decoder: any Decoder, as type: ScalarType, maxElements: Int) throws {
        switch type {
        case .float32:
            let (tensor, form) = try TensorReader<Float>(maxElements: maxElements).read(decoder)
            self.init(.float32(tensor), form: form)
        case .float64:
            let (tensor, form) = try TensorReader<Double>(maxElements: maxElements).read(decoder)
            self.init(.float64(tensor), form: form)
        }
    }
}

extension JSONTensor: Encodable {
    private enum Key: String, CodingKey { case shape, data }

    package func encode(to encoder: any Encoder) throws {
        switch tensor {
        case .float32(let tensor): try encode(tensor, to: encoder)
        case .float64(let tensor): try encode(tensor, to: encoder)
        }
    }

    private func encode<Scalar: Encodable>(_ tensor: Tensor<Scalar>, to encoder: any Encoder) throws {
        switch form {
        case .flat:
            var object = encoder.container(keyedBy: Key.self)
            try object.encode(tensor.shape.axes, forKey: .shape)
            try object.encode(tensor.elements, forKey: .data)
        case .nested where tensor.shape.rank == 1:
            var value = encoder.singleValueContainer()
            try value.encode(tensor.elements)
        case .nested:
            var array = encoder.unkeyedContainer()
            try encodeRows(of: tensor, axis: 0, from: 0, into: &array)
        }
    }

    /// Encodes the part of the tensor that begins at `start` and has the axes from `axis` on, of which the first are rows.
    private func encodeRows<Scalar: Encodable>(
        of tensor: Tensor<Scalar>, axis: Int, from start: Int, into array: inout any UnkeyedEncodingContainer
    ) throws {
        let axes = tensor.shape.axes
        let rowLength = axes[(axis + 1)...].reduce(1, *)
        for row in 0..<axes[axis] {
            let rowStart = start + row * rowLength
            if axis + 2 == axes.count {
                try array.encode(Array(tensor.elements[rowStart..<rowStart + rowLength]))
            } else {
                var rows = array.nestedUnkeyedContainer()
                try encodeRows(of: tensor, axis: axis + 1, from: rowStart, into: &rows)
            }
        }
    }
}
