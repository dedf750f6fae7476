import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// The tensors that go into an attention, as a request has them.
protocol AttentionOperands {
    /// What they are computed in.
    var type: ScalarType { get }
    /// `query`, `key` or `value`. Throws where it is missing or cannot be computed on.
    mutating func tensor(_ name: String) throws -> AnyTensor
    /// nil where there is none.
    func mask() throws -> AttentionMask.Elements?
    func place(of name: String) -> Place
}

/// The body of such a request in JSON, valid once decoded.
struct JSONAttentionRequest: DecodableWithConfiguration {
    let request: AttentionRequest
    /// In which the answer is written: that of the query.
    let form: JSONTensor.Form

    init(from decoder: any Decoder, configuration context: RequestContext) throws {
        let fields = try JSONFields(decoder)
        try fields.refuseAll(but: AttentionRequest.names)
        let type = try fields.ifGiven("dtype") { try fields.choice($0, of: ScalarType.self) } ?? .float32
        var operands = Operands(fields: fields, type: type)
        request = try AttentionRequest(fields, &operands, context)
        form = operands.queryForm
    }

    private struct Operands: AttentionOperands {
        let fields: JSONFields
        let type: ScalarType
        private(set) var queryForm = JSONTensor.Form.nested

        init(fields: JSONFields, type: ScalarType) {
            self.fields = fields
            self.type = type
        }

        mutating func tensor(_ name: String) throws -> AnyTensor {
            let json = try JSONTensor(from: fields.decoder(of: name), as: type)
            if name == "query" { queryForm = json.form }
            return json.tensor
        }

        func mask() throws -> AttentionMask.Elements? {
            try fields.ifGiven("mask") { try JSONMask(from: fields.decoder(of: $0), as: type).elements }
        }

        func place(of name: String) -> Place { fields.place(of: name) }
    }
}

/// The tensors of an attention in a binary body.
struct BinaryAttentionOperands: AttentionOperands {
    private let tensors: [String: TensorBytes]
    /// Of query, key and value, and of the answer.
    let elementType: FloatType

    /// Throws where a tensor is missing or not known, or query, key and value are not of one floating type.
    init(_ upload: TensorUpload) throws {
        tensors = Dictionary(uniqueKeysWithValues: upload.tensors.map { ($0.name, $0.bytes) })
        let known = AttentionRequest.tensorNames + ["mask", "query_positions", "key_positions"]
        if let unknown = tensors.keys.sorted().first(where: { !known.contains($0) }) {
            let hint =
                known.nearest(to: unknown).map { "; did you mean \($0)?" }
                ?? "; known are \(known.joined(separator: ", "))"
            throw Problem(
                .unknownField, at: .tensor(unknown.clipped), "an attention has no tensor \"\(unknown.clipped)\"\(hint)")
        }
        var found: FloatType?
        for name in AttentionRequest.tensorNames {
            guard let bytes = tensors[name] else {
                throw Problem(.missingField, at: .tensor(name), "the body has no tensor \(name)")
            }
            guard let type = bytes.form.type.floating else {
                throw Problem(
                    .wrongType, at: .tensor(name),
                    "\(name) is of \(bytes.form.type.rawValue); an attention is of F16, BF16, F32 or F64")
            }
            guard found == nil || found == type else {
                throw Problem(
                    .wrongType, at: .tensor(name),
                    "\(name) is of \(bytes.form.type.rawValue), and query of \(found?.stored.rawValue ?? ""); they are of one type"
                )
            }
            try upload.check(bytes.form.type, of: name)
            found = type
        }
        elementType = found ?? .float32
    }

    var type: ScalarType { elementType.scalar }

    func tensor(_ name: String) throws -> AnyTensor {
        guard let bytes = tensors[name] else { preconditionFailure("query, key and value are there") }
        return try reading(name) { () throws(TensorFormatError) in try bytes.tensor() }
    }

    /// Numbers to be added are rounded to what is computed in.
    func mask() throws -> AttentionMask.Elements? {
        guard let bytes = tensors["mask"] else { return nil }
        let elements = try reading("mask") { () throws(TensorFormatError) in try bytes.mask() }
        guard case .additive(let numbers) = elements else { return elements }
        let mask = numbers.converted(to: type)
        // Minus infinity hides; nothing else that is not finite is meant, and no number becomes it.
        if let (index, isGiven) = numbers.firstUnfit(as: mask) {
            throw Problem(
                isGiven ? .notFinite : .numberOverflow, at: .tensor("mask"),
                "mask\(index) is \(isGiven ? "infinite or no number; only minus infinity is one that a mask may hold" : "too large for \(type.rawValue)")"
            )
        }
        return .additive(mask)
    }

    func place(of name: String) -> Place { .tensor(name) }

    private func reading<Value>(_ name: String, _ read: () throws(TensorFormatError) -> Value) throws -> Value {
        do throws(TensorFormatError) {
            return try read()
        } catch {
            throw TensorFormatError(error.kind, in: name, error.reason)
        }
    }

    /// The name and place of the first element that is infinite or no number; nil where all are finite.
    var firstNonFinite: (name: String, index: [Int])? {
        for name in AttentionRequest.tensorNames {
            guard let bytes = tensors[name], let place = bytes.firstNonFinite, let shape = try? bytes.shape() else {
                continue
            }
            return (name, shape.indices(at: place))
        }
        return nil
    }
}
