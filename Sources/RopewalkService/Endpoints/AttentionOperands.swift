import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// The tensors that go into an attention, as a request has them.
protocol AttentionOperands {
    /// What they are computed in.
    var type: ScalarType { get }
    /// What they come in.
    var elementType: FloatType { get }
    /// Those of query, key and value, where they are known before an element is read; else nil.
    func shapes() throws -> (query: TensorShape, key: TensorShape, value: TensorShape)?
    /// `query`, `key` or `value`. Throws where it is missing or cannot be computed on.
    mutating func tensor(_ name: String) throws -> AnyTensor
    /// nil where there is none.
    func mask() throws -> AttentionMask.Elements?
    func place(of name: String) -> Place
    /// What is legal and probably not meant.
    var warnings: [String] { get }
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
        let warnings: [String] = []

        init(fields: JSONFields, type: ScalarType) {
            self.fields = fields
            self.type = type
        }

        var elementType: FloatType { type.floatType }

        func shapes() -> (query: TensorShape, key: TensorShape, value: TensorShape)? { nil }

        mutating func tensor(_ name: String) throws -> AnyTensor {
            let json = try JSONTensor(from: fields.decoder(of: name), as: type)
            if name == "query" { queryForm = json.form }
            return json.tensor
        }

        func mask() throws -> AttentionMask.Elements? {
            let mask = try fields.ifGiven("mask") { try JSONMask(from: fields.decoder(of: $0), as: type).elements }
            if case .additive(let numbers) = mask { try numbers.checkAreAddable { _ in Problem.inBase64("mask") } }
            return mask
        }

        func place(of name: String) -> Place { fields.place(of: name) }
    }
}

/// The tensors of an attention in a binary body.
struct BinaryAttentionOperands: AttentionOperands {
    private let tensors: [String: TensorBytes]
    /// Of query, key and value, and of the answer.
    let elementType: FloatType
    let warnings: [String]

    /// Throws where a tensor is missing or not known, or query, key and value are not of one floating type.
    init(_ upload: TensorUpload) throws {
        tensors = Dictionary(uniqueKeysWithValues: upload.tensors.map { ($0.name, $0.bytes) })
        try Self.refuseUnknown(upload)
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
        warnings = upload.warnings
    }

    private static let knownNames = AttentionRequest.tensorNames + ["mask", "query_positions", "key_positions"]

    /// Throws where a tensor is none of an attention's.
    private static func refuseUnknown(_ upload: TensorUpload) throws {
        let unknown = upload.tensors.lazy.map(\.name).filter { !knownNames.contains($0) }
        let entries = unknown.prefix(Problem.mostEntries).sorted().map { name in
            let hint =
                if AttentionRequest.queryNames.contains(name) {
                    "; \(name) is a key of the query"
                } else if let advice = FieldAdvice.advice(on: name, among: knownNames) {
                    "; \(advice)"
                } else if let near = TensorNames.positions(meantBy: name).map({
                    $0 == "key_positions" ? $0 : "query_positions"
                })
                    ?? knownNames.nearest(to: name)
                {
                    "; did you mean \(near)?"
                } else {
                    "; known are \(knownNames.joined(separator: ", "))"
                }
            return Problem.Entry(
                detail: "an attention has no tensor \"\(name.clipped)\"\(hint)", place: .tensor(name.clipped))
        }
        if let first = entries.first { throw Problem(.unknownField, first.detail, entries: entries) }
    }

    var type: ScalarType { elementType.scalar }

    func shapes() throws -> (query: TensorShape, key: TensorShape, value: TensorShape)? {
        func shape(_ name: String) throws -> TensorShape {
            try reading(name) { () throws(TensorFormatError) in try bytes(of: name).shape() }
        }
        return (try shape("query"), try shape("key"), try shape("value"))
    }

    private func bytes(of name: String) -> TensorBytes {
        guard let bytes = tensors[name] else { preconditionFailure("query, key and value are there") }
        return bytes
    }

    func tensor(_ name: String) throws -> AnyTensor {
        let bytes = bytes(of: name)
        return try reading(name) { () throws(TensorFormatError) in try bytes.tensor() }
    }

    /// Numbers to be added are rounded to what is computed in.
    func mask() throws -> AttentionMask.Elements? {
        guard let bytes = tensors["mask"] else { return nil }
        let elements = try reading("mask") { () throws(TensorFormatError) in try bytes.mask() }
        guard case .additive(let numbers) = elements else { return elements }
        try numbers.checkAreAddable { .tensor("mask", element: $0) }
        let rounded = numbers.converted(to: type)
        if numbers.type != type, let place = numbers.firstIndex(where: { $0.isFinite && !Float($0).isFinite }) {
            throw Problem(
                .numberOverflow, at: .tensor("mask", element: place), "mask\(place) is too large for \(type.rawValue)")
        }
        return .additive(rounded)
    }

    func place(of name: String) -> Place { .tensor(name) }

    private func reading<Value>(_ name: String, _ read: () throws(TensorFormatError) -> Value) throws -> Value {
        do throws(TensorFormatError) {
            return try read()
        } catch {
            throw TensorFormatError(error.kind, in: name, error.reason)
        }
    }
}

extension AnyTensor {
    /// Throws where a mask of numbers holds what cannot be added to scores.
    fileprivate func checkAreAddable(_ place: ([Int]) -> Place) throws {
        guard let index = firstIndex(where: { !$0.isFinite && $0 != -.infinity }) else { return }
        throw Problem(
            .notFinite, at: place(index),
            "mask\(index) is infinite or no number; of these only −infinity, which hides, can be added to scores")
    }

    /// The indices of the first element of which something is true; float64 has room for both types.
    fileprivate func firstIndex(where isMeant: (Double) -> Bool) -> [Int]? {
        switch self {
        case .float32(let tensor):
            tensor.elements.firstIndex { isMeant(Double($0)) }.map { tensor.shape.indices(at: $0) }
        case .float64(let tensor): tensor.elements.firstIndex(where: isMeant).map { tensor.shape.indices(at: $0) }
        }
    }
}
