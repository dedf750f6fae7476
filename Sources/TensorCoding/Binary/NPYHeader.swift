import FoundationEssentials

/// What the header of a .npy file says.
struct NPYHeader: Sendable {
    let form: StoredShape
    private let isBigEndian: Bool
    private let isColumnMajor: Bool

    /// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
    init(_ text: [UInt8]) throws(TensorFormatError) {
        var literal = PythonLiteral(text)
        var (descr, order, shape): (PythonLiteral.Value?, Bool?, [Int]?)
        for (key, value) in try literal.dictionary() {
            switch (key, value) {
            case ("descr", _): descr = value
            case ("fortran_order", .boolean(let flag)): order = flag
            case ("fortran_order", _):
                throw TensorFormatError(.malformed, "the header's fortran_order is True or False; this is another")
            case ("shape", .tuple(let axes)): shape = axes
            case ("shape", _):
                throw TensorFormatError(
                    .malformed, "the header's shape is a tuple of whole numbers, as (2, 3) or (3,); this is another")
            default:
                throw TensorFormatError(
                    .malformed,
                    "the header has the key '\(key.clipped)'; its keys are 'descr', 'fortran_order' and 'shape'")
            }
        }
        guard let descr, let order, let shape else {
            let missing = descr == nil ? "descr" : order == nil ? "fortran_order" : "shape"
            throw TensorFormatError(.malformed, "the header has no '\(missing)'")
        }
        let (type, isBigEndian) = try Self.type(descr)
        self.isBigEndian = isBigEndian
        isColumnMajor = order
        form = try StoredShape(type.stored, shape)
    }

    /// Of numpy's `<f4`, `>f8`, `=f2`, `|f4` or `f4`, of which the last three are native.
    private static func type(
        _ descr: PythonLiteral.Value
    ) throws(TensorFormatError) -> (FloatType, isBigEndian: Bool) {
        guard case .string(let text) = descr else {
            throw TensorFormatError(.malformed, "the header's descr is a string, as '<f4'; this is another")
        }
        let order = text.first.flatMap { "<>=|".contains($0) ? $0 : nil }
        let code = order == nil ? text[...] : text.dropFirst()
        let isBigEndian = order == ">"
        switch code {
        case "f2": return (.float16, isBigEndian)
        case "f4": return (.float32, isBigEndian)
        case "f8": return (.float64, isBigEndian)
        default:
            throw TensorFormatError(
                .unsupported, "the elements are '\(text.clipped)'\(note(code)); f2, f4 and f8 are read")
        }
    }

    private static func note(_ code: Substring) -> String {
        switch code.first {
        case "O": ", Python objects, which are pickled, and no pickle is read"
        case "V": ", which says nothing of their type (bfloat16 is saved so; safetensors has it)"
        case "i", "u", "b": ", integers (.astype(numpy.float32) makes floats of them)"
        case "c": ", complex numbers"
        case "U", "S", "a": ", text"
        default: ""
        }
    }

    private var isTransposed: Bool { isColumnMajor && form.axes.count { $0 > 1 } > 1 }

    /// How often the bytes are copied to be little-endian and row-major.
    var copyCount: Int { form.count == 0 ? 0 : (isTransposed ? 1 : 0) + (isBigEndian ? 1 : 0) }

    /// Throws `TensorFormatError` where there are more or fewer bytes than announced.
    func tensor(_ payload: Data) throws(TensorFormatError) -> TensorBytes {
        let tensor = try TensorBytes(form, payload)
        guard copyCount > 0 else { return tensor }
        var bytes = payload
        if isTransposed { bytes = bytes.rowMajor(fromColumnMajor: form) }
        if isBigEndian { bytes = bytes.byteSwapped(width: form.type.bits / 8) }
        return try TensorBytes(form, bytes)
    }
}
