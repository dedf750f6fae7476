import Caching
import PositionalEncoding

/// Writes numpy's .npy, byte for byte as `numpy.save` does: version 1, little-endian, row-major.
package enum NPYWriter {
    /// Of one tensor. Throws `TensorFormatError` where numpy has no such type: bfloat16.
    package static func layout(_ type: FloatType, _ shape: TensorShape) throws -> TensorLayout {
        let form = try StoredShape(type, shape)
        return try layouts.value(for: form) { try layout(type, shape, form) }
    }

    private static let layouts = Recent<StoredShape, TensorLayout>()

    private static func layout(_ type: FloatType, _ shape: TensorShape, _ form: StoredShape) throws -> TensorLayout {
        let descr: String
        switch type {
        case .float16: descr = "<f2"
        case .float32: descr = "<f4"
        case .float64: descr = "<f8"
        case .bfloat16:
            throw TensorFormatError(
                .unsupported, "numpy has no bfloat16, and a .npy cannot hold it; safetensors can")
        }
        let space = UInt8(ascii: " ")
        let prefix = NPYReader.magic.count + 4
        // The length is filled in at the end.
        var header = NPYReader.magic + [1, 0, 0, 0]
        header.reserveCapacity(256)
        header += "{'descr': '".utf8
        header += descr.utf8
        header += "', 'fortran_order': False, 'shape': (".utf8
        for (index, axis) in shape.axes.enumerated() {
            if index > 0 { header += ", ".utf8 }
            header += String(axis).utf8
        }
        header += (shape.rank == 1 ? ",), }" : "), }").utf8
        // numpy leaves room to let the first axis grow where the file is.
        header += repeatElement(space, count: 21 - String(shape.axes[0]).utf8.count)
        header += repeatElement(space, count: TensorLayout.alignment - (header.count + 1) % TensorLayout.alignment)
        header.append(UInt8(ascii: "\n"))
        let length = header.count - prefix
        header[prefix - 2] = UInt8(length & 0xFF)
        header[prefix - 1] = UInt8(length >> 8)
        return try TensorLayout(header: header, [form], ranges: [0..<form.byteCount])
    }
}
