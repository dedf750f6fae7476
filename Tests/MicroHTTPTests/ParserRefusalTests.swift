import TestSupport
import Testing

@testable import MicroHTTP

/// What is refused before a handler runs: each has one record, and one answer.
@Suite struct ParserRefusalTests {
    private static let post = "POST /length HTTP/1.1\r\nHost: a\r\n"
    private static let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"

    /// What is sent, the status of the answer and of the record, and the reason in the record.
    private static let refused: [(String, Int, String)] = [
        ("GET /echo\r\n\r\n", 400, "unusableRequestLine"),
        ("GET /echo HTTP/1.1x\r\nHost: a\r\n\r\n", 400, "unusableRequestLine"),
        ("GET /echo http/1.1\r\nHost: a\r\n\r\n", 400, "unusableRequestLine"),
        ("GET /echo HTTP/2.0\r\nHost: a\r\n\r\n", 505, "unusableRequestLine"),
        ("GET /echo HTTP/0.9\r\n\r\n", 505, "unusableRequestLine"),
        ("PROXY TCP4 192.0.2.1 192.0.2.2 5000 443\r\nGET /echo HTTP/1.1\r\n\r\n", 400, "unusableRequestLine"),
        ("GET /" + String(repeating: "a", count: 60_000), 414, "headTooLarge"),
        (post + String(repeating: "a: b\r\n", count: 3_000), 431, "headTooLarge"),
        (post + "X: " + String(repeating: "a", count: 33_000) + "\r\n\r\n", 431, "headTooLarge"),
        (post + "no colon\r\n\r\n", 400, "unusableRequestLine"),
        (post + "Content-Length: x\r\n\r\n", 400, "unusableHeader"),
        (post + "Content-Length: 100000000000000000000\r\n\r\n", 413, "bodyTooLarge"),
        (chunked + "zz\r\n", 400, "unusableRequestLine"),
        (chunked + "3\r\nabcdef\r\n", 400, "unusableHeader"),
        (chunked + "10000000000000000\r\n", 413, "bodyTooLarge"),
        (chunked + "3\r\nabc\r\n0\r\nno colon\r\n\r\n", 400, "unusableRequestLine"),
        (chunked + "3\nabc\r\n0\r\n\r\n", 400, "unusableHeader"),
        (post + "Host: b\r\n\r\n", 400, "unusableHeader"),
    ]

    @Test(arguments: refused) func `a refusal has one record, with the status of the answer`(
        _ text: String, _ status: Int, _ reason: String
    ) throws {
        let test = try TestServer()
        for isSecond in [false, true] {
            let client = try RawHTTPClient(port: test.port)
            if isSecond { #expect(try client.exchange("GET", "/echo").status == 200) }
            // A server that has answered may have closed before all is sent.
            try? client.send(text)
            #expect(try client.response().status == status)
        }
        let records = { test.application.records.withLock { $0.filter { $0.status != 200 } } }
        #expect(TestServer.eventually { records().count == 2 }, "\(records())")
        #expect(test.becomesIdle())
        #expect(records().count == 2)
        for record in records() {
            #expect(record.status == status && record.refusalReason == reason && record.isComplete, "\(record)")
            #expect(!record.method.isEmpty)
        }
    }

    @Test func `refusals are counted once each, whichever idle connections end meanwhile`() throws {
        let test = try TestServer()
        for _ in 0..<100 {
            var idle = try (0..<3).map { _ in try RawHTTPClient(port: test.port) }
            let client = try RawHTTPClient(port: test.port)
            try client.send("\u{16}\u{3} garbage x\r\n\r\n")
            idle.removeAll()
            #expect(try client.response().status == 400)
        }
        #expect(test.becomesIdle())
        let records = test.application.records.withLock { $0 }
        #expect(records.count == 100 && records.allSatisfy { $0.status == 400 }, "\(records.count)")
    }

    @Test func `a malformed chunk is a refusal of its route`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send(Self.chunked + "3\r\nabc\r\nzz\r\n")
        #expect(try client.response().status == 400)
        #expect(TestServer.eventually { test.application.records.withLock { $0.count } == 1 })
        let record = test.application.records.withLock { $0[0] }
        #expect(record.method == "POST" && record.route == "/length" && record.bytesReceived == 3)
    }

    @Test func `what is no HTTP and gets no answer has a record, and a connection without a byte has none`() throws {
        let test = try TestServer()
        for _ in 0..<3 { _ = try RawHTTPClient(port: test.port) }
        for isEndless in [true, false] {
            let client = try RawHTTPClient(port: test.port)
            try client.send([0x16, 0x03, 0x01, 0x00, 0x05, 0x0A, 0x0D, 0x0A])
            if !isEndless { client.shutDownSending() }
            #expect(client.isClosedByServer())
        }
        #expect(test.becomesIdle())
        let records = test.application.records.withLock { $0 }
        #expect(records.map(\.status) == [0, 0] && records.allSatisfy { $0.refusalReason == "unusableRequestLine" })
    }

    @Test func `many refusals at once are each told of once`() throws {
        let test = try TestServer(maxConnections: 200)
        for _ in 0..<5 {
            let clients = try (0..<100).map { _ in try RawHTTPClient(port: test.port) }
            for (index, client) in clients.enumerated() { try client.send(Self.refused[index % 6].0) }
            for (index, client) in clients.enumerated() {
                #expect(try client.response().status == Self.refused[index % 6].1)
            }
        }
        #expect(TestServer.eventually { test.application.records.withLock { $0.count } == 500 })
        #expect(test.becomesIdle())
        #expect(test.application.records.withLock { $0.count } == 500)
    }

    @Test(arguments: [
        "GET /echo\0/public", "GET\0 /echo", "GET /echo?a=1\0b", "GET /echo\0?a=1", "GET /ec\u{1}ho", "GET /ec\tho",
        "GET  /echo",
        "GET /echo ", "G\u{e9}T /echo",
    ]) func `a request line that is not one method and one target is refused`(_ line: String) throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("\(line) HTTP/1.1\r\nHost: a\r\n\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.response().status == 400)
        #expect(client.isClosedByServer())
    }

    @Test(arguments: ["/echo?a=1&b=%20+c&&=&d", "/echo?", "/echo??=?", "http://a/echo?x"])
    func `a target that libmicrohttpd takes apart is still whole`(_ target: String) throws {
        let test = try TestServer()
        #expect(try RawHTTPClient.once(port: test.port, "GET", target).status == 200)
    }
}
