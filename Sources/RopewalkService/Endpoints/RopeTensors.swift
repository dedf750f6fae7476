import PositionalEncoding
import TensorCoding

/// The tensors of an upload, each with what is done to it.
struct RopeTensors {
    /// A class, as several lists hold it.
    final class Item: Sendable {
        let name: String
        let bytes: TensorBytes
        /// nil where it is answered as it came.
        let operation: TensorOperation?
        /// False of positions, which are answered where there is room for them.
        let isAnswered: Bool

        init(name: String, bytes: TensorBytes, operation: TensorOperation?, isAnswered: Bool) {
            self.name = name
            self.bytes = bytes
            self.operation = operation
            self.isAnswered = isAnswered
        }

        /// How many bytes are held while it is computed, for halves and what is not aligned.
        var scratchByteCount: Int {
            guard let operation else { return 0 }
            // One vector at several positions is copied before it is rotated.
            let copies = operation.copies == nil ? 0 : 2 * operation.shape.count * (bytes.form.type.bits < 64 ? 4 : 8)
            return bytes.copiedByteCount + (bytes.form.type.bits < 32 ? bytes.scratchByteCount : 0) + copies
        }

        /// The form of the tensor in the answer.
        var answerForm: StoredShape {
            get throws {
                guard let operation, operation.copies != nil else { return bytes.form }
                return try StoredShape(bytes.form.type, operation.shape.axes)
            }
        }
    }

    /// In the order of the file.
    let all: [Item]
    /// What is legal and probably not meant.
    let warnings: [String]

    var answered: [Item] { all.filter(\.isAnswered) }

    /// Throws where a tensor that is named is not there, one that is to be turned cannot be, or one looks like a field and is none.
    init(_ upload: TensorUpload, isNamed: Bool, _ request: some RopeRequest) throws {
        let chosen = try isNamed ? Self.chosen(upload) : nil
        if isNamed { try Self.refuseFields(upload, chosen, request) }
        all = try upload.tensors.map { name, bytes in
            let isPosition = BinaryFields.positionNames.contains(name)
            let isTurned = chosen.map { $0.contains(name) } ?? (bytes.form.type.floating != nil && !isPosition)
            guard isTurned else { return Item(name: name, bytes: bytes, operation: nil, isAnswered: !isPosition) }
            try upload.check(bytes.form.type, of: name.clipped)
            let shape: TensorShape
            do throws(TensorFormatError) {
                shape = try bytes.shape()
            } catch {
                throw TensorFormatError(error.kind, in: name, error.reason)
            }
            let operation = try request.operation(on: shape, at: .tensor(name), named: name.clipped)
            return Item(name: name, bytes: bytes, operation: operation, isAnswered: true)
        }
        guard all.contains(where: { $0.operation != nil }) else {
            throw Problem(
                .missingField,
                "there is no tensor here to compute on: F16, BF16, F32 and F64 are, but for those that are positions")
        }
        warnings =
            Self.rounded(all) + Self.unused(all, request)
            + (isNamed ? Self.unread(upload, request) + upload.warnings : [])
    }

    /// Throws where tensors look like fields of the request and are not read as such, so that the answer would be another than
    /// is meant. Those that `tensors` names are meant to be computed on.
    private static func refuseFields<Request: RopeRequest>(
        _ upload: TensorUpload, _ chosen: Set<String>?, _ request: Request
    ) throws {
        var entries: [Problem.Entry] = []
        for (name, bytes) in upload.tensors where entries.count < Problem.mostEntries {
            guard chosen?.contains(name) != true,
                let reason = fieldLike(name, isFloating: bytes.form.type.floating != nil, Request.self)
            else { continue }
            entries.append(Problem.Entry(detail: reason, place: .tensor(name.clipped)))
        }
        if let first = entries.first { throw Problem(.unknownField, first.detail, entries: entries) }
    }

    /// Why a tensor of this name is refused; nil where it is not.
    private static func fieldLike<Request: RopeRequest>(
        _ name: String, isFloating: Bool, _ request: Request.Type
    ) -> String? {
        let isRead = request.ownNames.contains("positions")
        let isPositions = BinaryFields.positionNames.contains(name)
        if isPositions, isRead { return nil }
        let hint = isFloating ? "; a tensor that is to be rotated under this name is named in tensors=" : ""
        if let field = isPositions ? name : TensorNames.positions(meantBy: name) {
            guard isRead else {
                return "tensor \"\(name.clipped)\" looks like positions, which have no meaning here: "
                    + (request.turns ? "by says how far rows are moved" : "nothing is rotated") + hint
            }
            let target = field == "offset" ? "the key offset of the query" : field
            return "no tensor is called \"\(name.clipped)\" here; did you mean \(target)? "
                + "Without one rows would be rotated from position 0 on\(hint)"
        }
        if request.turns, SubstituteFields.names.contains(name) {
            return "\(name) is not read from a tensor; it is a field of a JSON body\(hint)"
        }
        guard !isFloating, let key = TensorNames.key(meantBy: name, among: request.queryNames(.safetensors)) else {
            return !isFloating && name.lowercased() == "x"
                ? "tensor \(name) holds whole numbers; F16, BF16, F32 and F64 are computed on" : nil
        }
        return key == name.lowercased()
            ? "\(name.clipped) is not read from a tensor; it is a key of the query, as in ?\(key)="
            : "no tensor is called \"\(name.clipped)\" here; did you mean \(key)? It is a key of the query, as in ?\(key)="
    }

    /// Says of halves that are rotated what is rounded and what is not, once for each type.
    private static func rounded(_ all: [Item]) -> [String] {
        var warnings: [String] = []
        for item in all {
            guard case .turn(let parameters, _, _, _) = item.operation?.action,
                let type = item.bytes.form.type.floating,
                let warning = parameters.precision.warning(for: type), !warnings.contains(warning)
            else { continue }
            warnings.append(warning)
        }
        return warnings
    }

    /// Says of what looks like a field of another route that it takes no part.
    private static func unread<Request: RopeRequest>(_ upload: TensorUpload, _ request: Request) -> [String] {
        let fields = upload.fields
        let isAtStart =
            Request.ownNames.contains("positions")
            && !(["offset"] + BinaryFields.positionNames).contains(where: fields.contains)
        let rows = isAtStart ? ", and rows were rotated from position 0 on" : ""
        return upload.tensors.compactMap { name, bytes in
            // By the type first: to look for a word in a name takes longer than all else here.
            guard bytes.form.type.floating == nil, !BinaryFields.positionNames.contains(name) else { return nil }
            if TensorNames.isMask(name) {
                return "tensor \(name.clipped) is answered as it came: a mask takes no part in a rotation"
            }
            return name.contains("position")
                ? "tensor \(name.clipped) is answered as it came\(rows): a tensor of positions is called positions"
                : nil
        }
    }

    /// Says which positions of the body no tensor has a use for.
    private static func unused(_ all: [Item], _ request: some RopeRequest) -> [String] {
        let given = all.map(\.name).filter(BinaryFields.positionNames.contains)
        guard !given.isEmpty, type(of: request).ownNames.contains("positions") else { return [] }
        let turned = all.filter { $0.operation != nil }.map(\.name)
        return given.compactMap { name in
            guard name != "positions" else {
                return turned.allSatisfy { given.contains($0 + "_positions") }
                    ? "positions has no effect: every tensor that is turned has positions of its own" : nil
            }
            let owner = name.prefix { $0 != "_" }
            return turned.contains { $0 == owner }
                ? nil : "\(name) has no effect: no tensor \(owner) is turned here"
        }
    }

    /// The names that `tensors` gives, as in `q,k`; nil where it is not given.
    private static func chosen(_ upload: TensorUpload) throws -> Set<String>? {
        let fields = upload.fields
        guard let text = try fields.ifGiven("tensors", fields.string) else { return nil }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let types = Dictionary(uniqueKeysWithValues: upload.tensors.map { ($0.name, $0.bytes.form.type) })
        for name in names {
            guard let type = types[name] else {
                // A file has as many names, as long, as its client likes.
                let known = upload.tensors.prefix(100).map(\.name).filter { $0.utf8.count <= 64 }
                let nearest = known.nearest(to: name).map { "; did you mean \($0)?" } ?? ""
                throw Problem(
                    .unknownValue, at: fields.place(of: "tensors"),
                    "there is no tensor \"\(name.clipped)\" in the body\(nearest)")
            }
            guard type.floating != nil, !BinaryFields.positionNames.contains(name) else {
                throw Problem(
                    .unknownValue, at: fields.place(of: "tensors"),
                    "tensor \"\(name.clipped)\" is \(type.floating == nil ? "of \(type.rawValue)" : "positions"), and is not computed on"
                )
            }
        }
        return Set(names)
    }
}
