import FoundationEssentials
import MicroHTTP

/// A fixed answer with links to other routes of the service, which follow the prefix of a proxy.
struct LinkingEndpoint: Endpoint {
    private let type: String
    private let body: @Sendable (PathPrefix?) -> Data
    private let plain: HTTPResponse

    /// `body` makes the answer; nil is no prefix.
    init(type: String, body: @escaping @Sendable (PathPrefix?) -> Data) {
        self.type = type
        self.body = body
        plain = Self.response(body(nil), type)
    }

    func answer(_ request: HTTPRequest) -> EndpointAnswer {
        guard let prefix = PathPrefix(request.headers) else { return .now(plain) }
        return .now(Self.response(body(prefix), type))
    }

    private static func response(_ body: Data, _ type: String) -> HTTPResponse {
        HTTPResponse(status: 200, headers: ["Content-Type": type, "Vary": PathPrefix.field], body: body)
    }
}
