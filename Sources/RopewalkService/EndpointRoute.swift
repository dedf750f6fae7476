import FoundationEssentials
import Logging
import MicroHTTP
import TensorCoding

/// A route that an endpoint serves: turns what the endpoint throws into problems.
final class EndpointRoute: HTTPRoute {
    let pattern: String?
    private let endpoint: any Endpoint
    /// nil where memory is not scarce.
    private let memory: WorkingMemory?
    private let logger: Logger

    init(_ endpoint: any Endpoint, pattern: String, _ memory: WorkingMemory?, _ logger: Logger) {
        self.endpoint = endpoint
        self.pattern = pattern
        self.memory = memory
        self.logger = logger
    }

    func refusal(of head: HTTPRequest) -> HTTPResponse? {
        do {
            try endpoint.check(head)
            return nil
        } catch {
            return response(to: error, of: head)
        }
    }

    func answer(_ request: HTTPRequest) -> HTTPAnswer {
        do {
            switch try endpoint.answer(request) {
            case .now(let response):
                return .now(response)
            case .later(let work):
                return .later { cancellation in
                    do {
                        let hold = try self.memory?.hold(for: request, of: self.endpoint)
                        defer { withExtendedLifetime(hold) {} }
                        return try work(cancellation)
                    } catch {
                        return self.response(to: error, of: request)
                    }
                }
            }
        } catch {
            return .now(response(to: error, of: request))
        }
    }

    private func response(to error: any Error, of request: HTTPRequest) -> HTTPResponse {
        let problem = Problem(error)
        if problem.kind == .internalError { logger.error("\(request.id): \(error)") }
        var headers = HTTPHeaders()
        switch problem.kind {
        case .unsupportedMediaType: headers.add("Accept", endpoint.bodyFormats.map(\.mediaType).joined(separator: ", "))
        case .unsupportedEncoding: headers.add("Accept-Encoding", "identity")
        default: break
        }
        return problem.response(to: request, headers: headers)
    }
}

/// Where nothing serves a request: what is said of that.
final class RefusingRoute: HTTPRoute {
    let pattern: String?
    private let response: HTTPResponse

    init(_ response: HTTPResponse, _ pattern: String?) {
        self.response = response
        self.pattern = pattern
    }

    func refusal(of head: HTTPRequest) -> HTTPResponse? { response }

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(response) }
}
