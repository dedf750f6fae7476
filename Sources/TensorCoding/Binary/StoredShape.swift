import PositionalEncoding

/// A tensor's type and axes, of any rank and possibly without elements; its bytes can be counted.
package struct StoredShape: Sendable, Equatable {
    package let type: StoredType
    /// Outermost first; none for a single number.
    package let axes: [Int]
    /// How many elements there are.
    package let count: Int
    package let byteCount: Int

    /// Throws `TensorFormatError` where a length is negative, there are more bytes than can be counted, or the last is not full.
    package init(_ type: StoredType, _ axes: [Int]) throws(TensorFormatError) {
        var (count, isTooLarge) = (1, false)
        for axis in axes {
            guard axis >= 0 else {
                throw TensorFormatError(.badShape, "the shape \(axes.shown) has an axis of negative length")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: axis)
            (count, isTooLarge) = (product, isTooLarge || overflow)
        }
        let (bits, overflow) = count.multipliedReportingOverflow(by: type.bits)
        guard !isTooLarge, !overflow else {
            throw TensorFormatError(.badShape, "the shape \(axes.shown) has more elements than can be counted")
        }
        guard bits.isMultiple(of: 8) else {
            throw TensorFormatError(
                .badShape, "\(type.rawValue) \(axes.shown) takes \(bits) bits, and those are no whole bytes")
        }
        (self.type, self.axes, self.count, byteCount) = (type, axes, count, bits / 8)
    }

    /// Throws `TensorFormatError` where there are more bytes than can be counted.
    package init(_ type: FloatType, _ shape: TensorShape) throws(TensorFormatError) {
        try self.init(type.stored, shape.axes)
    }

    /// As a message shows it: `F32 [2, 3]`.
    var shown: String { "\(type.rawValue) \(axes.shown)" }
}

extension [Int] {
    /// A client's own shape in a message; what comes after 8 axes is cut off.
    var shown: String {
        count <= TensorShape.maxRank ? "\(self)" : "\(self.prefix(TensorShape.maxRank).dropLast())".dropLast() + ", …]"
    }
}
