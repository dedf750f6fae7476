import Dispatch
import MicroHTTP
import Synchronization
import TestSupport
import Testing

@Suite struct CancellationTests {
    private static let patient = "POST /patient HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"

    private func begin(_ test: TestServer) throws -> RawHTTPClient {
        let client = try RawHTTPClient(port: test.port)
        try client.send(Self.patient)
        #expect(TestServer.eventually { test.application.waiting.load(ordering: .relaxed) == 1 })
        return client
    }

    enum Departure: CaseIterable { case close, reset, shutDownSending, closeAfterMore }

    @Test(arguments: Departure.allCases)
    func `work is told within a second that its client has gone, and leaves nothing behind`(_ how: Departure) throws {
        let test = try TestServer()
        var client: RawHTTPClient? = try begin(test)
        let left = ContinuousClock.now
        switch how {
        case .close: client = nil
        case .reset: client?.abort()
        case .shutDownSending: client?.shutDownSending()
        case .closeAfterMore:
            // What is not read yet hides the end of the stream from who looks there.
            try client?.send("\r\nGET /length HTTP/1.1\r\n")
            client = nil
        }
        #expect(TestServer.eventually { test.application.cancelled.load(ordering: .relaxed) == 1 })
        // Two looks, a quarter of a second apart; as long again for a machine that is busy.
        #expect(left.duration(to: .now) < .seconds(1))
        #expect(test.becomesIdle(), "\(test.server.statistics)")
        let record = try #require(test.application.records.withLock { $0.last })
        #expect(record.status == 0 && record.route == "/patient" && !record.isComplete && record.bytesReceived == 3)
        if let client, how == .shutDownSending { #expect(client.isClosedByServer()) }
    }

    @Test func `work is told when the drain is over, and its client gets 503`() throws {
        let test = try TestServer()
        let client = try begin(test)
        test.server.stop(drainSeconds: 0.1)
        #expect(try client.response().status == 503)
        #expect(TestServer.eventually { test.application.cancelled.load(ordering: .relaxed) == 1 })
        #expect(TestServer.eventually { test.server.statistics.retained == 0 && test.budget.used == 0 })
    }

    @Test func `work that waits is never begun once its client has gone, and gives up its place`() throws {
        let test = try TestServer(threads: 1, maxQueue: 1)
        let busy = try RawHTTPClient(port: test.port)
        try busy.send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n0")
        #expect(TestServer.eventually { test.application.waiting.load(ordering: .relaxed) == 1 })
        do {
            let leaving = try RawHTTPClient(port: test.port)
            try leaving.send(Self.patient)
            #expect(TestServer.eventually { test.budget.used == 4 })
        }
        #expect(TestServer.eventually { test.server.statistics.retained == 1 && test.budget.used == 1 })
        let next = try RawHTTPClient(port: test.port)
        try next.send("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1")
        #expect(TestServer.eventually { test.budget.used == 2 })
        test.application.gate.signal()
        #expect(try busy.response().text == "0")
        #expect(try next.response().text == "1")
        #expect(test.application.waiting.load(ordering: .relaxed) == 1)
    }

    @Test func `work that is told holds its bytes until it ends`() throws {
        let test = try TestServer(threads: 1)
        do {
            let leaving = try RawHTTPClient(port: test.port)
            try leaving.send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            #expect(TestServer.eventually { test.application.waiting.load(ordering: .relaxed) == 1 })
        }
        #expect(TestServer.eventually { test.server.statistics.connections == 0 })
        #expect(test.budget.used == 3 && test.server.statistics.inFlight == 0)
        test.application.gate.signal()
        #expect(test.becomesIdle(), "\(test.server.statistics)")
    }

    @Test func `a pool does not begin what was cancelled while it waited, and drops it when told to`() {
        let pool = ComputePool(threads: 1, maxWaiting: 3)
        let gate = DispatchSemaphore(value: 0)
        let ended = DispatchSemaphore(value: 0)
        let begun = Atomic<Int>(0)
        let (dropped, late) = (Cancellation(), Cancellation())
        #expect(pool.submit(Cancellation()) { _ = gate.wait(timeout: .now() + patience) })
        #expect(pool.submit(dropped) { begun.add(1, ordering: .relaxed) })
        #expect(pool.submit(late) { begun.add(10, ordering: .relaxed) })
        #expect(pool.submit(Cancellation()) { ended.signal() })
        #expect(!pool.submit(Cancellation()) {})
        dropped.cancel()
        pool.dropCancelled()
        #expect(pool.waitingCount == 2)
        late.cancel()
        gate.signal()
        #expect(ended.wait(timeout: .now() + patience) == .success)
        #expect(begun.load(ordering: .relaxed) == 0)
    }
}
