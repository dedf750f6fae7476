import MicroHTTP
import TensorCoding

/// Which format a request's tensors are in, and in which they are answered (RFC 9110 §12): Content-Type decides the one,
/// Accept the other.
struct TensorNegotiation {
    let body: TensorFormat
    private let head: HTTPRequest

    /// Refuses by the head alone: a type that is not read, an Accept without a format of ours, fields where they do not belong.
    ///
    /// `bodyFormats` are those that the route reads.
    init(_ head: HTTPRequest, _ bodyFormats: [TensorFormat]) throws {
        self.head = head
        body = try Negotiation.bodyFormat(head, of: bodyFormats)
        _ = try answer(holding: 1)
        if body == .json, head.target.query != nil, Negotiation.namesJSON(head) { try refuseQuery() }
    }

    /// Throws where a body that is read as JSON because it does not say what it is does not begin like a JSON object, or has a
    /// query beside it: a body of another format may have one.
    func checkUntyped(_ request: HTTPRequest, of formats: [TensorFormat], example: String) throws {
        guard !Negotiation.namesJSON(head) else { return }
        try Negotiation.checkUntyped(request, of: formats, example: example)
        try refuseQuery()
    }

    private func refuseQuery() throws {
        guard head.target.query != nil, let name = try QueryFields(head.target).names.min() else { return }
        throw Problem(
            .unknownField, at: .parameter(name),
            "a JSON body has no query beside it: the fields of this route are members of the body")
    }

    /// The format of an answer of so many tensors: of those that Accept likes best, that of the body, or else the first that
    /// holds as many of the type. Throws where there is none.
    ///
    /// `inJSON` says that JSON has names for them.
    func answer(holding count: Int, of type: FloatType? = nil, inJSON: Bool = false) throws -> TensorFormat {
        let isUsual = body.holds(count, inJSON: inJSON) && type.map(body.holds) ?? true
        guard head.headers["Accept"] != nil || !isUsual else { return body }
        let holding = ([body] + TensorFormat.allCases.filter { $0 != body })
            .filter { $0.holds(count, inJSON: inJSON) }
        let formats = holding.filter { format in type.map(format.holds) ?? true }
        let index = try Negotiation.choice(of: formats.map(\.mediaType), head) { types in
            let held =
                count > 1
                ? "\(count) tensors" : formats.count < holding.count ? "a tensor of \(type?.rawValue ?? "")" : nil
            return held.map { "the answer is \($0), which \(types) can hold, and Accept rules that out" }
        }
        return formats[index]
    }
}
