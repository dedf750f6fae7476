import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// The tensors of a binary body, where they landed, and the fields beside them.
struct TensorUpload {
    /// In the order of the file. That of a format without names is called `x`.
    let tensors: [(name: String, bytes: TensorBytes)]
    let fields: BinaryFields
    /// What a file says of itself; none where the format has no room for it.
    let metadata: [String: String]
    /// How many bytes the request takes besides its body: for what is not little-endian and row-major, and for positions.
    let workingByteCount: Int

    /// Those of the query that say what the body is.
    static func names(_ format: TensorFormat) -> [String] {
        format == .raw ? ["shape", "dtype"] : ["dtype"]
    }

    /// `admit` hears, before a byte is copied, how many the request takes besides its body, and of a body of one tensor how many
    /// elements it has; it throws where they are too many.
    ///
    /// Throws where the body is not of the format, or a field of the query not as it says.
    init(
        _ body: Data, _ format: TensorFormat, _ query: QueryFields,
        admit: (_ byteCount: Int, _ elementCount: Int) throws -> Void
    ) throws {
        switch format {
        case .json: preconditionFailure("JSON has a reader of its own")
        case .npy:
            let file = try NPYReader(body)
            workingByteCount = file.copiedByteCount
            try admit(workingByteCount, file.form.count)
            tensors = [("x", try file.tensor())]
            metadata = [:]
            fields = try BinaryFields(query)
        case .raw:
            tensors = [("x", try Self.raw(body, query))]
            workingByteCount = 0
            metadata = [:]
            try admit(0, tensors[0].bytes.form.count)
            fields = try BinaryFields(query)
        case .safetensors:
            let file = try SafetensorsFile(body)
            tensors = file.tensors.map { ($0.name, $0.tensor) }
            metadata = file.metadata
            let positions = file.tensors.filter { BinaryFields.positionNames.contains($0.name) }
            // As they are read, as numbers, and as lists of a sequence each.
            workingByteCount =
                3 * MemoryLayout<Double>.size * positions.reduce(0) { $0 + $1.tensor.form.count }
            try admit(workingByteCount, 0)
            fields = try BinaryFields(
                query, positions: Dictionary(uniqueKeysWithValues: positions.map { ($0.name, $0.tensor) }))
        }
    }

    /// Says of positions that they are rounded to the type that they are in.
    var warnings: [String] {
        tensors.compactMap { name, bytes in
            guard let limit = bytes.exactPositionLimit, BinaryFields.positionNames.contains(name),
                let positions = try? bytes.positions(), positions.contains(where: { abs($0) > limit })
            else { return nil }
            return
                "\(name) is \(bytes.form.type.rawValue), which does not tell whole numbers beyond \(Int(limit)) apart; I64 does"
        }
    }

    /// The type that `dtype` names. Throws where an element of the tensor is of another.
    func check(_ type: StoredType, of name: String) throws {
        guard let dtype = try fields.ifGiven("dtype", { try fields.choice($0, of: FloatType.self) }) else { return }
        guard dtype.stored == type else {
            throw Problem(
                .contradiction, at: fields.place(of: "dtype"),
                "dtype is \(dtype.rawValue), and \(name) is of \(type.rawValue); a typed file needs no dtype")
        }
    }

    private static func raw(_ body: Data, _ query: QueryFields) throws -> TensorBytes {
        for name in ["shape", "dtype"] where !query.contains(name) {
            throw Problem(
                .missingField, at: query.place(of: name),
                "\(name) is missing; bytes alone need both, as in ?shape=2,3&dtype=float32")
        }
        let type = try query.choice("dtype", of: FloatType.self)
        let axes = try query.numbers("shape").map { axis in
            guard let whole = Int(exactly: axis), whole >= 0 else {
                throw Problem(
                    .shapeMismatch, at: query.place(of: "shape"),
                    "shape is whole numbers with commas between; this has \(axis.shortest)")
            }
            return whole
        }
        do throws(TensorFormatError) {
            return try TensorBytes(StoredShape(type.stored, axes), body)
        } catch {
            let foreign = ForeignFile(body).map { "; \($0.detail)" } ?? ""
            throw Problem(.shapeMismatch, at: query.place(of: "shape"), error.reason + foreign)
        }
    }
}

extension Problem {
    /// What a client is told of bytes that are not the tensors they are said to be.
    init(_ error: TensorFormatError) {
        let kind: ProblemKind =
            switch error.kind {
            case .malformed, .sizeMismatch, .headerTooLong, .duplicateName: .malformedTensor
            case .unsupported: .unknownValue
            case .badShape: .shapeMismatch
            case .empty: .emptyTensor
            }
        self.init(
            kind, error.detail, entries: error.tensor.map { [Entry(detail: error.detail, place: .tensor($0))] } ?? [])
    }
}
