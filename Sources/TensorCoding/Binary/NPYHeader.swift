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
        case "f2", "float16": return (.float16, isBigEndian)
        case "f4", "float32": return (.float32, isBigEndian)
        case "f8", "float64": return (.float64, isBigEndian)
        default:
            throw TensorFormatError(
                .unsupported, "the elements are '\(text.clipped)'\(note(code)); f2, f4 and f8 are read")
        }
    }

    /// What a type is, and what to do about it.
    private static func note(_ code: Substring) -> String {
        let widened = ".astype(numpy.float32) holds them exactly"
        switch (code, code.first, code.dropFirst().allSatisfy(\.isNumber)) {
        case ("bfloat16", _, _): return ", bfloat16, which numpy has not (safetensors has it; \(widened))"
        case ("V2", _, _):
            return ", which says nothing of their type (bfloat16 is saved so; safetensors has it, and \(widened))"
        case ("V1", _, _):
            return ", which says nothing of their type (float8, int4 and others of ml_dtypes are saved so; \(widened))"
        case ("f1", _, _): return ", float8_e5m2 of ml_dtypes (\(widened))"
        case ("f12", _, _), ("f16", _, _):
            return ", long doubles, which each machine has its own of (.astype(numpy.float64) makes doubles of them)"
        case ("b1", _, _), ("?", _, _), ("bool", _, _):
            return ", booleans (.astype(numpy.float32) makes floats of them)"
        case (_, "O", _): return ", Python objects, which are pickled, and no pickle is read"
        case (_, "V", true): return ", bytes without a type"
        case (_, "i", true), (_, "u", true):
            return ", integers (.astype(numpy.float32) makes floats of them; positions go into the query)"
        case (_, "c", true): return ", complex numbers (.view(numpy.float32) has their parts as neighbours)"
        case (_, "U", _), (_, "S", _), (_, "a", _): return ", text"
        case (_, "M", _), (_, "m", _): return ", dates or times"
        default: return ""
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
