import Dispatch
import FoundationEssentials
import Glibc
import MicroHTTP
import Locking
import Synchronization

/// An application for tests: `/echo` answers the body, `/length` its length, `/late` the body from a compute thread, `/gate` from one
/// that waits until the gate opens, `/patient` from one that waits until it is cancelled.
final class EchoApplication: HTTPApplication {
    let gate = DispatchSemaphore(value: 0)
    let waiting = Atomic<Int>(0)
    let cancelled = Atomic<Int>(0)
    let records = Locked<[HTTPRecord]>([])

    /// What it answers at one path.
    private final class Route: HTTPRoute {
        let pattern: String?
        private let application: EchoApplication

        init(_ pattern: String?, _ application: EchoApplication) {
            self.pattern = pattern
            self.application = application
        }

        func refusal(of head: HTTPRequest) -> HTTPResponse? {
            pattern == nil ? HTTPResponse(status: 404, body: Data("nothing".utf8)) : nil
        }

        func answer(_ request: HTTPRequest) -> HTTPAnswer { application.answer(request) }
    }

    func route(of head: HTTPRequest) -> any HTTPRoute {
        let paths = ["/echo", "/length", "/late", "/gate", "/patient", "/query"]
        return Route(paths.first { $0 == head.target.path }, self)
    }

    private func answer(_ request: HTTPRequest) -> HTTPAnswer {
        let body = request.body
        switch request.target.path {
        case "/length": return .now(HTTPResponse(status: 200, body: Data(String(body.count).utf8)))
        case "/late": return .later { _ in HTTPResponse(status: 200, body: body) }
        case "/gate":
            return .later { [self] _ in
                waiting.add(1, ordering: .relaxed)
                _ = gate.wait(timeout: .now() + 10)
                return HTTPResponse(status: 200, body: body)
            }
        case "/patient":
            return .later { [self] cancellation in
                waiting.add(1, ordering: .relaxed)
                let isCancelled = TestServer.eventually { cancellation.isCancelled }
                if isCancelled { cancelled.add(1, ordering: .relaxed) }
                return HTTPResponse(status: 200, body: body)
            }
        default: return .now(HTTPResponse(status: 200, body: body))
        }
    }

    func response(to failure: HTTPFailure, of head: HTTPRequest) -> HTTPResponse {
        let status =
            switch failure {
            case .unusableHeader, .unusableRequestLine: 400
            case .headTooLarge: 431
            case .unknownExpectation: 417
            case .bodyTooLarge: 413
            case .buffersFull(let limit, let asked): asked > limit ? 413 : 503
            case .queueFull, .stopping, .outOfMemory: 503
            case .bodyTooSlow: 408
            }
        var response = HTTPResponse(status: status, body: Data("\(failure)".utf8))
        response.refusalReason = String("\(failure)".prefix { $0 != "(" })
        return response
    }

    func didFinish(_ record: HTTPRecord) {
        records.withLock { $0.append(record) }
    }
}

/// A server on a free port of 127.0.0.1, stopped when the test is over.
final class TestServer: Sendable {
    let application = EchoApplication()
    let budget: ByteBudget
    let server: HTTPServer
    let port: Int

    init(
        maxBodyBytes: Int = 1 << 20, maxBufferedBytes: Int = 1 << 22, threads: Int = 2, maxQueue: Int = 8,
        maxConnections: Int = 64, idleTimeoutSeconds: Int = 10
    ) throws {
        budget = ByteBudget(limit: maxBufferedBytes)
        server = HTTPServer(
            configuration: .init(
                maxBodyBytes: maxBodyBytes, maxConnections: maxConnections, idleTimeoutSeconds: idleTimeoutSeconds),
            application: application, compute: ComputePool(threads: threads, maxWaiting: maxQueue), budget: budget)
        port = try server.start()
    }

    deinit {
        server.stop(drainSeconds: 0)
    }

    /// True when, within five seconds, the server holds no connection, no request and no byte.
    func becomesIdle() -> Bool {
        Self.eventually {
            let now = server.statistics
            return (now.connections, now.inFlight, now.retained, now.bufferedBytes) == (0, 0, 0, 0)
        }
    }

    /// Waits, at most five seconds, until something holds.
    static func eventually(_ holds: () -> Bool) -> Bool {
        for _ in 0..<1_000 {
            if holds() { return true }
            usleep(5_000)
        }
        return holds()
    }
}
