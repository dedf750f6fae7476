import FoundationEssentials
import PositionalEncoding

/// Writes numpy's .npy, byte for byte as `numpy.save` does: version 1, little-endian, row-major.
package enum NPYWriter {
    /// Of one tensor. Throws `TensorFormatError` where numpy has no such type: bfloat16.
    package static func layout(_ type: FloatType, _ shape: TensorShape) throws -> TensorLayout {
        let descr: String
        switch type {
        case .float16: descr = "<f2"
        case .float32: descr = "<f4"
        case .float64: descr = "<f8"
        case .bfloat16:
            throw TensorFormatError(
                .unsupported, "numpy has no bfloat16, and a .npy cannot hold it; safetensors can")
        }
        let axes = shape.axes.map(String.init).joined(separator: ", ") + (shape.rank == 1 ? "," : "")
        var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(axes)), }"
        // numpy leaves room to let the first axis grow where the file is.
        text += String(repeating: " ", count: 21 - String(shape.axes[0]).utf8.count)
        let prefix = NPYReader.magic.count + 4
        let rest = (prefix + text.utf8.count + 1) % TensorLayout.alignment
        text += String(repeating: " ", count: TensorLayout.alignment - rest) + "\n"
        let length = text.utf8.count
        let header = NPYReader.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text.utf8
        let form = try StoredShape(type, shape)
        return try TensorLayout(header: Data(header), [form], ranges: [0..<form.byteCount])
    }
}
