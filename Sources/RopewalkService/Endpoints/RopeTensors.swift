import PositionalEncoding
import TensorCoding

/// The tensors of an upload, each with what is done to it.
struct RopeTensors {
    struct Item {
        let name: String
        let bytes: TensorBytes
        /// nil where it is answered as it came.
        let operation: TensorOperation?
        /// False of positions, which are answered where there is room for them.
        let isAnswered: Bool
    }

    /// In the order of the file.
    let all: [Item]
    /// Of what is legal and probably not meant.
    let warnings: [String]

    /// Throws where a tensor that is named is not there, or one that is to be turned cannot be.
    init(_ upload: TensorUpload, isNamed: Bool, _ request: some RopeRequest) throws {
        let chosen = try isNamed ? Self.chosen(upload) : nil
        let names = upload.tensors.map(\.name)
        for name in BinaryFields.positionNames.dropFirst() where names.contains(name) {
            let owner = String(name.dropLast("_positions".count))
            guard names.contains(owner) else {
                throw Problem(
                    .contradiction, at: .tensor(name),
                    "\(name) are those of a tensor \(owner), which the body has not; positions are of all")
            }
        }
        warnings = upload.tensors.filter { name, bytes in
            name.contains("position") && !BinaryFields.positionNames.contains(name) && bytes.form.type.floating == nil
        }.map { "tensor \($0.name.clipped) is answered as it came: a tensor of positions is called positions" }
        all = try upload.tensors.map { name, bytes in
            let isPosition = BinaryFields.positionNames.contains(name)
            let isTurned = chosen.map { $0.contains(name) } ?? (bytes.form.type.floating != nil && !isPosition)
            guard isTurned else { return Item(name: name, bytes: bytes, operation: nil, isAnswered: !isPosition) }
            try upload.check(bytes.form.type, of: name)
            let shape: TensorShape
            do throws(TensorFormatError) {
                shape = try bytes.shape()
            } catch {
                throw TensorFormatError(error.kind, in: name, error.reason)
            }
            let operation = try request.operation(on: shape, at: .tensor(name), named: name)
            return Item(name: name, bytes: bytes, operation: operation, isAnswered: true)
        }
        guard all.contains(where: { $0.operation != nil }) else {
            throw Problem(
                .missingField,
                "there is no tensor here to turn: F16, BF16, F32 and F64 are, but for those that are positions")
        }
    }

    /// The names that `tensors` gives, as in `q,k`; nil where it is not given.
    private static func chosen(_ upload: TensorUpload) throws -> Set<String>? {
        let fields = upload.fields
        guard let text = try fields.ifGiven("tensors", fields.string) else { return nil }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for name in names {
            guard let tensor = upload.tensors.first(where: { $0.name == name }) else {
                let nearest = upload.tensors.map(\.name).nearest(to: name).map { "; did you mean \($0)?" } ?? ""
                throw Problem(
                    .unknownValue, at: fields.place(of: "tensors"),
                    "there is no tensor \"\(name.clipped)\" in the body\(nearest)")
            }
            guard tensor.bytes.form.type.floating != nil, !BinaryFields.positionNames.contains(name) else {
                throw Problem(
                    .unknownValue, at: fields.place(of: "tensors"),
                    "tensor \"\(name.clipped)\" is \(BinaryFields.positionNames.contains(name) ? "positions" : "of \(tensor.bytes.form.type.rawValue)"), and is not turned"
                )
            }
        }
        return Set(names)
    }
}
