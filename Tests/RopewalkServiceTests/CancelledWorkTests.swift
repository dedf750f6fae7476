import FoundationEssentials
import Glibc
import MicroHTTP
import TestSupport
import Testing

@testable import RopewalkService

@Suite struct CancelledWorkTests {
    private static let rows = Array(repeating: "[1,0]", count: 4_000).joined(separator: ",")

    /// Requests that are too long for an I/O thread.
    @Test(arguments: [("POST", "/rope/apply"), ("GET", "/frequencies?dim=512&positions=0:512")])
    func `a computation that is cancelled ends without an answer`(_ method: String, _ target: String) throws {
        let service = Service(Service.Configuration(), logger: .silent)
        let request = HTTPRequest(
            id: "test", method: method, target: RequestTarget(target), headers: ["Content-Type": "application/json"],
            body: Data("{\"x\":[\(Self.rows)]}".utf8))
        let endpoint = try #require(service.routes().endpoint(of: request))
        guard case .later(let work) = try endpoint.answer(request) else {
            Issue.record("the request is answered at once")
            return
        }
        #expect(try work(Cancellation()).status == 200)
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: CancellationError.self) { try work(cancellation) }
        #expect(service.budget.used == 0)
    }

    @Test func `an attention stops at the block of rows before which it is cancelled`() throws {
        let service = Service(Service.Configuration(), logger: .silent)
        // Some seconds of work, cancelled in the first tenth of one.
        let rows = Array(repeating: "[1,0]", count: 30_000).joined(separator: ",")
        let request = HTTPRequest(
            id: "test", method: "POST", target: RequestTarget("/attention"),
            headers: ["Content-Type": "application/json"],
            body: Data("{\"query\":[\(rows)],\"key\":[\(rows)],\"value\":[\(rows)]}".utf8))
        let endpoint = try #require(service.routes().endpoint(of: request))
        guard case .later(let work) = try endpoint.answer(request) else {
            Issue.record("the request is answered at once")
            return
        }
        let cancellation = Cancellation()
        let rotations = service.engine.cache.statistics.misses
        let ended = inThreads(2) { thread in
            if thread == 0 {
                #expect(throws: CancellationError.self) { try work(cancellation) }
            } else {
                // Once rows of cosines are made, the computation has begun.
                for _ in 0..<2_000 where service.engine.cache.statistics.misses == rotations { usleep(5_000) }
                cancellation.cancel()
            }
        }
        #expect(ended)
        #expect(service.budget.used == 0)
    }

    @Test func `a cancelled computation is no internal error`() {
        #expect(Problem(CancellationError()).kind == .stopping)
    }
}

extension Router<any Endpoint> {
    fileprivate func endpoint(of request: HTTPRequest) -> (any Endpoint)? {
        guard case .handler(let endpoint) = match(request.method, request.target.path) else { return nil }
        return endpoint
    }
}
