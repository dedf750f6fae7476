import FoundationEssentials
import Logging
import MicroHTTP
import TensorCoding

/// The service as the HTTP server sees it: finds the endpoint, turns what it throws into problems, counts and logs each request.
struct Application: HTTPApplication {
    let router: Router<any Endpoint>
    let metrics: Metrics
    let logger: Logger

    func refusal(of head: HTTPRequest) -> HTTPResponse? {
        switch router.match(head.method, head.target.path) {
        case .handler(let endpoint):
            do {
                try endpoint.check(head)
                return nil
            } catch {
                return response(to: error, of: head, endpoint)
            }
        case .options(let allow):
            return HTTPResponse(status: 204, headers: ["Allow": allow])
        case .methodNotAllowed(let allow):
            let problem = Problem(
                .methodNotAllowed, "\(head.target.path) takes \(allow), and not \(head.method.clipped)")
            return problem.response(id: head.id, headers: ["Allow": allow])
        case .notFound:
            return Problem(.notFound, "there is nothing at \(head.target.path.clipped); GET / lists what there is")
                .response(id: head.id)
        }
    }

    func answer(_ request: HTTPRequest) -> HTTPAnswer {
        guard case .handler(let endpoint) = router.match(request.method, request.target.path) else {
            preconditionFailure("what is not routed was refused by its head")
        }
        do {
            switch try endpoint.answer(request) {
            case .now(let response):
                return .now(response)
            case .later(let work):
                return .later { cancellation in
                    do {
                        return try work(cancellation)
                    } catch {
                        return response(to: error, of: request, endpoint)
                    }
                }
            }
        } catch {
            return .now(response(to: error, of: request, endpoint))
        }
    }

    func response(to failure: HTTPFailure, of head: HTTPRequest) -> HTTPResponse {
        Problem(failure).response(id: head.id)
    }

    func route(of head: HTTPRequest) -> String? {
        router.pattern(for: head.target.path)
    }

    func didFinish(_ record: HTTPRecord) {
        metrics.count(record)
        logger.info("\(record.line)")
    }

    private func response(to error: any Error, of request: HTTPRequest, _ endpoint: any Endpoint) -> HTTPResponse {
        let problem = Problem(error)
        if problem.kind == .internalError { logger.error("\(request.id): \(error)") }
        var headers = HTTPHeaders()
        switch problem.kind {
        case .unsupportedMediaType: headers.add("Accept", endpoint.bodyFormats.map(\.mediaType).joined(separator: ", "))
        case .unsupportedEncoding: headers.add("Accept-Encoding", "identity")
        default: break
        }
        return problem.response(id: request.id, headers: headers)
    }
}

extension HTTPRecord {
    /// As it stands in the log. Every request has one, so it is put together by hand.
    fileprivate var line: String {
        var line = method.clipped
        line.reserveCapacity(96)
        line += " "
        line += route ?? "-"
        for (name, number) in [(" ", status), (" in=", bytesReceived), (" out=", bytesSent)] {
            line += name
            line += String(number)
        }
        let hundredths = Int((seconds * 100_000).rounded())
        line += " ms="
        line += String(hundredths / 100)
        line += hundredths % 100 < 10 ? ".0" : "."
        line += String(hundredths % 100)
        line += " id="
        line += id
        if !isComplete { line += " aborted" }
        return line
    }
}
