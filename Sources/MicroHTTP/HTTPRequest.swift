import FoundationEssentials

/// One request, its body complete.
///
/// A class, as it goes through many hands, and each copy of its strings and fields would be counted.
package final class HTTPRequest: Sendable {
    /// What the answer carries as `X-Request-Id`: the client's own where it is usable, else ours.
    package let id: String
    package let method: String
    package let target: RequestTarget
    package let headers: HTTPHeaders
    /// The bytes where they landed: not a copy, and 64-byte aligned.
    package let body: Data

    package init(id: String, method: String, target: RequestTarget, headers: HTTPHeaders = [:], body: Data = Data()) {
        self.id = id
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    func with(body: Data) -> HTTPRequest {
        HTTPRequest(id: id, method: method, target: target, headers: headers, body: body)
    }
}
