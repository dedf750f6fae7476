import Logging
import MicroHTTP

/// The service as the HTTP server sees it: finds the route, counts and logs each request.
final class Application: HTTPApplication {
    private let router: CurrentRouter
    let metrics: Metrics
    private let memory: WorkingMemory?
    let logger: Logger

    init(router: Router<any Endpoint>, metrics: Metrics, memory: WorkingMemory? = nil, logger: Logger) {
        self.memory = memory
        self.router = CurrentRouter(Self.routes(router, memory, logger))
        self.metrics = metrics
        self.logger = logger
    }

    /// Serves requests that begin from now on with other endpoints.
    func serve(_ router: Router<any Endpoint>) {
        self.router.replace(with: Self.routes(router, memory, logger))
    }

    private static func routes(
        _ router: Router<any Endpoint>, _ memory: WorkingMemory?, _ logger: Logger
    ) -> Router<EndpointRoute> {
        router.map { EndpointRoute($0, pattern: $1, memory, logger) }
    }

    func route(of head: HTTPRequest) -> any HTTPRoute {
        let router = router.value
        let path = head.target.path
        switch router.match(head.method, path) {
        case .handler(let route): return route
        case .options(let allow):
            return RefusingRoute(HTTPResponse(status: 204, headers: ["Allow": allow]), router.pattern(for: path))
        case .methodNotAllowed(let allow):
            let problem = Problem(.methodNotAllowed, "\(path) takes \(allow), and not \(head.method.clipped)")
            return RefusingRoute(problem.response(to: head, headers: ["Allow": allow]), router.pattern(for: path))
        case .notFound:
            let problem = Problem(.notFound, "there is nothing at \(path.clipped); GET / lists what there is")
            return RefusingRoute(problem.response(to: head), nil)
        }
    }

    func response(to failure: HTTPFailure, of head: HTTPRequest) -> HTTPResponse {
        Problem(failure).response(to: head)
    }

    func didFinish(_ record: HTTPRecord) {
        metrics.count(record)
        logger.info(Logger.Message(stringLiteral: record.line))
    }
}

extension HTTPRecord {
    /// As it stands in the log. Every request has one, so it is put together by hand.
    fileprivate var line: String {
        var line = ASCIIText(reserving: 192)
        line.append(method.clipped)
        line.append(" ")
        line.append(route ?? "-")
        line.append(" ")
        line.append(status)
        line.append(" in=")
        line.append(bytesReceived)
        line.append(" out=")
        line.append(bytesSent)
        line.append(" ms=")
        line.append(hundredths: UInt((max(seconds, 0) * 100_000).rounded()))
        line.append(" id=")
        line.append(id)
        if let refusalReason {
            line.append(" problem=")
            line.append(refusalReason)
        }
        if !isComplete { line.append(" aborted") }
        return line.string
    }
}
