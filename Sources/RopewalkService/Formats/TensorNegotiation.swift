import MicroHTTP

/// Which format a request's tensors are in, and in which they are answered (RFC 9110 §12): Content-Type decides the one,
/// Accept the other.
struct TensorNegotiation {
    let body: TensorFormat
    private let head: HTTPRequest

    /// Refuses by the head alone: a type that is not read, an Accept without a format of ours, fields where they do not belong.
    ///
    /// `bodyFormats` are those that the route reads.
    init(_ head: HTTPRequest, _ bodyFormats: [TensorFormat] = TensorFormat.allCases) throws {
        self.head = head
        body = try Negotiation.bodyFormat(head, of: bodyFormats)
        _ = try answer(holding: 1)
        if body == .json, head.target.query != nil, let name = try QueryFields(head.target).names.min() {
            throw Problem(
                .unknownField, at: .parameter(name),
                "beside a JSON body there is no query: the fields of this route stand in the body")
        }
    }

    /// The format of an answer of so many tensors: of those that Accept likes best, that of the body, or else the first that
    /// holds as many. Throws where there is none.
    func answer(holding count: Int, inJSON: Bool = false) throws -> TensorFormat {
        guard head.headers["Accept"] != nil || !body.holds(count, inJSON: inJSON) else { return body }
        let formats = ([body] + TensorFormat.allCases.filter { $0 != body })
            .filter { $0.holds(count, inJSON: inJSON) }
        let index = try Negotiation.choice(of: formats.map(\.mediaType), head) { types in
            count == 1
                ? nil : "the answer has \(count) tensors, which \(types) can hold, and Accept rules that out"
        }
        return formats[index]
    }
}
