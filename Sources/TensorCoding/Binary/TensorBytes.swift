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

    /// Positions of any type of integers, or of floating numbers, row-major.
    ///
    /// Throws `TensorFormatError` where they are of another type, or integers that float64 does not hold.
    package func positions() throws(TensorFormatError) -> [Double] {
        switch form.type {
        case .float64: return doubles
        case .float16, .bfloat16, .float32: return floats.map(Double.init)
        case .uint8: return wholeNumbers(UInt8.self)
        case .int8: return wholeNumbers(Int8.self)
        case .uint16: return wholeNumbers(UInt16.self)
        case .int16: return wholeNumbers(Int16.self)
        case .uint32: return wholeNumbers(UInt32.self)
        case .int32: return wholeNumbers(Int32.self)
        case .uint64: return try exactly(UInt64.self)
        case .int64: return try exactly(Int64.self)
        default:
            throw TensorFormatError(
                .unsupported, "positions are integers or floating numbers, and these are \(form.type.rawValue)")
        }
    }

    private func exactly<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type
    ) throws(TensorFormatError) -> [Double] {
        let (integers, numbers) = (elements(of: type), wholeNumbers(type))
        if let index = integers.indices.first(where: { Integer(exactly: numbers[$0]) != integers[$0] }) {
            throw TensorFormatError(
                .unsupported, "the position \(integers[index]), number \(index), is past what float64 tells apart")
        }
        return numbers
    }

    /// The largest magnitude up to which positions of the type are told apart where they are whole numbers; nil of those that
    /// are exact.
    package var exactPositionLimit: Double? {
        switch form.type {
        case .bfloat16: 256
        case .float16: 2_048
        case .float32: 16_777_216
        default: nil
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
