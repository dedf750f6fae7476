import MicroHTTP

/// What routes that read JSON ask of a request.
enum JSONBody {
    /// Refuses by the head: formats, and a query beside the body.
    static func check(_ head: HTTPRequest) throws {
        try Negotiation.checkAccept(head)
        try Negotiation.checkBodyType(head)
        let query = try QueryFields(head.target)
        if let name = query.names.min() {
            throw Problem(
                .unknownField, at: .parameter(name), "the fields of this route stand in its JSON body, not in the query"
            )
        }
    }
}
