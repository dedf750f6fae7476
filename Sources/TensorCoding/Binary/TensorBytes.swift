import FoundationEssentials
import PositionalEncoding

/// A tensor as bytes: little-endian and row-major, in the memory in which they came.
package struct TensorBytes: Sendable, Equatable {
    package let form: StoredShape
    /// As many as the form takes.
    package let bytes: Data

    /// Throws `TensorFormatError` where there are more or fewer bytes than the form takes.
    package init(_ form: StoredShape, _ bytes: Data) throws(TensorFormatError) {
        guard bytes.count == form.byteCount else {
            throw TensorFormatError(
                .sizeMismatch, "there are \(bytes.count.counted("byte")), and \(form.shown) takes \(form.byteCount)")
        }
        self.form = form
        self.bytes = bytes
    }

    /// Throws `TensorFormatError` where nothing can be computed with the shape: it has no axes or more than 8, or no elements.
    package func shape() throws(TensorFormatError) -> TensorShape {
        if let shape = TensorShape(form.axes) { return shape }
        guard !form.axes.isEmpty else {
            throw TensorFormatError(
                .badShape,
                "this is a single number, and a tensor has an axis at least; a vector of one has the shape [1]")
        }
        guard form.axes.count <= TensorShape.maxRank else {
            throw TensorFormatError(
                .badShape, "a tensor has at most \(TensorShape.maxRank) axes; this has \(form.axes.count)")
        }
        throw TensorFormatError(.empty, "the shape \(form.axes) has no elements")
    }

    /// The tensor in what its elements are computed in: where they are, if they are of that type and aligned, else copied.
    ///
    /// Throws `TensorFormatError` where they cannot be computed on, or the shape cannot.
    package func tensor() throws(TensorFormatError) -> AnyTensor {
        let shape = try shape()
        if let loan {
            return form.type == .float32
                ? .float32(Tensor(shape: shape, lent: loan)) : .float64(Tensor(shape: shape, lent: loan))
        }
        switch form.type.floating?.scalar {
        case .float32: return .float32(Tensor(shape: shape, elements: floats))
        case .float64: return .float64(Tensor(shape: shape, elements: doubles))
        case nil:
            let names = FloatType.allCases.map(\.stored.rawValue).joined(separator: ", ")
            throw TensorFormatError(
                .unsupported, "elements of type \(form.type.rawValue) are not computed on; \(names) are")
        }
    }

    /// Positions, I64 or F64, row-major.
    ///
    /// Throws `TensorFormatError` where they are of another type, or integers that float64 does not hold.
    package func positions() throws(TensorFormatError) -> [Double] {
        switch form.type {
        case .float64: return doubles
        case .int64:
            let integers = integers
            let numbers = integers.map(Double.init)
            if let index = integers.indices.first(where: { Int64(exactly: numbers[$0]) != integers[$0] }) {
                throw TensorFormatError(
                    .unsupported, "the position \(integers[index]), number \(index), is past what float64 tells apart")
            }
            return numbers
        default:
            throw TensorFormatError(.unsupported, "positions are I64 or F64, and these are \(form.type.rawValue)")
        }
    }

    /// A mask: BOOL, of which every byte but 0 is true, or numbers to be added to scores.
    ///
    /// Throws `TensorFormatError` where it is of another type, or has no shape of a tensor.
    package func mask() throws(TensorFormatError) -> AttentionMask.Elements {
        guard form.type == .bool || form.type.floating != nil else {
            throw TensorFormatError(
                .unsupported,
                "a mask is BOOL, true for what is seen, or of floating type, to be added; this is \(form.type.rawValue)"
            )
        }
        guard form.type == .bool else { return .additive(try tensor()) }
        return .boolean(Tensor(shape: try shape(), elements: bytes.map { $0 != 0 }))
    }
}
