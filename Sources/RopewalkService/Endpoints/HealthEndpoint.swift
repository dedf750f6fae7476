import FoundationEssentials
import MicroHTTP

/// `GET /livez`, `/readyz`, `/healthz`: whether the process answers, and whether it wants requests.
struct HealthEndpoint: Endpoint {
    /// False from the moment that the service is told to stop.
    let isReady: @Sendable () -> Bool

    private let ok = HTTPResponse(
        status: 200, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
        body: Data("{\"status\":\"ok\"}".utf8))

    init(isReady: @escaping @Sendable () -> Bool) {
        self.isReady = isReady
    }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        guard isReady() else { throw Problem(.stopping, "the service is shutting down") }
        return .now(ok)
    }
}
