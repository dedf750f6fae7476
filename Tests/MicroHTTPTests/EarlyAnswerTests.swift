import Dispatch
import Glibc
import TestSupport
import Testing

@testable import MicroHTTP

@Suite struct EarlyAnswerTests {
    /// More than the sockets of both sides hold.
    private static let length = 12 << 20
    private static let body = [UInt8](repeating: UInt8(ascii: "a"), count: length)
    private static let chunks = Array("\(String(length, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)

    /// A request line and fields, and the status that they are refused with.
    private static let refused: [(lines: String, status: Int)] = [
        ("POST /nobody HTTP/1.1\r\nHost: a\r\n", 404),
        ("POST /nobody HTTP/1.0\r\n", 404),
        ("POST /nobody HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n", 404),
        ("POST /nobody HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", 404),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n", 417),
        ("POST /echo HTTP/1.1\r\nHost: a\r\n", 413),
    ]

    @Test(arguments: refused)
    func `a client that writes all of its request before it reads gets the refusal`(lines: String, status: Int) throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("\(lines)Content-Length: \(Self.length)\r\n\r\n")
        try client.send(Self.body)
        let response = try client.response()
        #expect(response.status == status && response["Connection"] == "close" && response["Date"] != nil)
        #expect(client.isClosedByServer())
        #expect(TestServer.eventually { test.application.records.withLock { $0.count } == 1 })
        #expect(test.application.records.withLock { $0[0].status == status && $0[0].isComplete })
    }

    @Test(arguments: [
        ("/nobody", "Host: a\r\n", 404), ("/echo", "Host: a\r\nHost: a\r\n", 400), ("/echo", "Host: a\r\n", 413),
    ])
    func `a client that writes all of its chunks before it reads gets the refusal`(
        path: String, fields: String, status: Int
    ) throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST \(path) HTTP/1.1\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n")
        try client.send(Self.chunks)
        #expect(try client.response().status == status)
        #expect(client.isClosedByServer())
        #expect(TestServer.eventually { test.application.records.withLock { $0.count } == 1 })
        #expect(test.application.records.withLock { $0[0].status == status && $0[0].isComplete })
    }

    @Test func `a body for which there is no room at the moment is refused with 503, and its client reads that`() throws
    {
        let test = try TestServer(maxBodyBytes: 1 << 24, maxBufferedBytes: (12 << 20) + 5)
        let holder = try RawHTTPClient(port: test.port)
        try holder.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\naaaaaa")
        #expect(TestServer.eventually { test.budget.used == 6 })
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(Self.length)\r\n\r\n")
        try client.send(Self.body)
        #expect(try client.response().status == 503)
    }

    @Test func `what is no HTTP is answered, however much of it comes`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send(Self.body)
        #expect((400..<500).contains(try client.response().status))
    }

    @Test func `a client that asks before it sends is refused without an upload`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /nobody HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        #expect(try client.response().status == 404)
        #expect(client.isClosedByServer())
    }

    @Test func `clients that send on take no place, are not in flight, and do not delay the stop`() throws {
        let test = try TestServer(maxConnections: 2)
        let senders = try (0..<2).map { _ in try sender(test) }
        #expect(TestServer.eventually { test.server.statistics.lingering == 2 })
        #expect(
            TestServer.eventually { (test.server.statistics.connections, test.server.statistics.inFlight) == (0, 0) })
        #expect(try RawHTTPClient.once(port: test.port, "GET", "/length").text == "0")
        let stopped = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            test.server.stop(drainSeconds: 30)
            stopped.signal()
        }
        var hasStopped = false
        for _ in 0..<1_500 where !hasStopped {
            for sender in senders { _ = try? sender.send("a") }
            hasStopped = stopped.wait(timeout: .now() + .milliseconds(10)) == .success
        }
        #expect(hasStopped)
        #expect(test.server.statistics.lingering == 0)
    }

    @Test func `of the clients that send on, the oldest makes room`() throws {
        // However few connections there may be: those of clients that send on are not among them.
        let test = try TestServer(maxConnections: 4)
        let most = HTTPServer.mostLingering
        let oldest = try sender(test)
        #expect(TestServer.eventually { test.server.statistics.lingering == 1 })
        let others = try (0..<most).map { _ in try sender(test) }
        #expect(TestServer.eventually { (try? oldest.send("a")) == nil })
        for other in others { try other.send(Array(Self.body[..<100_000])) }
        #expect(test.server.statistics.lingering == most)
    }

    @Test func `more than was announced is not read for ever`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /nobody HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
        var isCut = false
        for _ in 0..<4 where !isCut { isCut = (try? client.send(Self.body)) == nil }
        #expect(isCut, "48 MiB were read where 100 000 bytes were announced")
    }

    @Test func `a client that falls silent is let go`() throws {
        let test = try TestServer()
        let client = try sender(test)
        #expect(TestServer.eventually { test.server.statistics.lingering == 1 })
        let isOver = TestServer.eventually { test.server.statistics.lingering == 0 }
        #expect(isOver || TestServer.eventually { test.server.statistics.lingering == 0 })
        #expect(TestServer.eventually { (try? client.send("a")) == nil })
    }

    /// A client that has read its refusal and could send on.
    private func sender(_ test: TestServer) throws -> RawHTTPClient {
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /nobody HTTP/1.1\r\nHost: a\r\nContent-Length: \(400 << 20)\r\n\r\n")
        #expect(try client.response().status == 404)
        return client
    }
}
