import MicroHTTP
import TestSupport
import Testing

/// What makes a proxy and a server disagree about where a request ends: each is refused once, and the connection closed.
@Suite struct RequestHeadTests {
    @Test(arguments: [
        ("Content-Length beside Transfer-Encoding", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
        ("two lengths", "Content-Length: 3\r\nContent-Length: 5\r\n"),
        ("two equal lengths", "Content-Length: 3\r\nContent-Length: 3\r\n"),
        ("two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
        ("an unknown coding", "Transfer-Encoding: gzip, chunked\r\n"),
        ("a coding that only looks like chunked", "Transfer-Encoding: xchunked\r\n"),
        ("two hosts", "Host: other\r\n"),
        ("two content types", "Content-Type: application/json\r\nContent-Type: text/plain\r\n"),
        ("a folded field", "X-A: one\r\n two\r\n"),
        ("a folded name", "Transfer-Encodin: chunked\r\n g\r\n"),
        ("a NUL in a value", "X-A: one\0two\r\n"),
        ("a NUL in a length", "Content-Length: 3\0 5\r\n"),
        ("a bare CR in a value", "X-A: one\rtwo\r\n"),
        ("a field that ends in a bare LF", "X-A: one\nX-B: two\r\n"),
        ("a name with an at sign", "G@T: one\r\n"),
        ("a name past ASCII", "Xé: one\r\n"),
        ("a space before the colon", "Content-Length : 3\r\n"),
        ("no name", ": one\r\n"),
    ])
    func `a head that can be read in two ways is refused and the connection closed`(_ name: String, _ lines: String)
        throws
    {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send(
            "POST /length HTTP/1.1\r\nHost: localhost\r\n\(lines)\r\nabcGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
        let response = try client.response()
        #expect(response.status == 400, "\(name): \(response.text)")
        #expect(client.isClosedByServer(), "\(name)")
    }

    @Test(arguments: ["abc", "+5", "-1", "5, 5", ""])
    func `a length that is no number is refused and the connection closed`(_ length: String) throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\n\r\nabc")
        #expect(try client.response().status == 400)
    }

    @Test func `a request of HTTP 1.1 without a host is refused`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("GET /echo HTTP/1.1\r\n\r\n")
        #expect(try client.response().status == 400)
        #expect(client.isClosedByServer())
    }

    @Test func `chunks do not exist in HTTP 1.0`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /length HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        #expect(try client.response().status == 400)
    }

    @Test(arguments: ["/echo?a=\u{e9}", "/ec ho", "/echo?a=\u{7f}"])
    func `a target with bytes that no URI has is refused`(_ target: String) throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try client.response().status == 400)
    }

    @Test func `a method that is no token is refused`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("GE\u{1b}[31mT /echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try client.response().status == 400)
    }

    @Test func `a target cut at an encoded NUL leads nowhere`() throws {
        let test = try TestServer()
        #expect(try RawHTTPClient.once(port: test.port, "GET", "/echo%00x").status == 404)
    }

    @Test func `a target in absolute form is its path`() throws {
        let test = try TestServer()
        #expect(try RawHTTPClient.once(port: test.port, "GET", "http://localhost/length?a=1").text == "0")
    }

    @Test(arguments: ["100-continued", "fish"])
    func `an expectation that nobody meets is refused`(_ expectation: String) throws {
        let test = try TestServer()
        let response = try RawHTTPClient.once(
            port: test.port, "POST", "/length", headers: ["Expect": expectation], body: "abc")
        #expect(response.status == 417)
    }

    @Test func `a head is answered up to 32 KiB, and one that is longer is refused`() throws {
        let test = try TestServer()
        for (size, status) in [
            (32_767, 200), (32_768, 200), (32_769, 431), (33_800, 431), (34_100, 431), (40_000, 431),
        ] {
            for (start, end) in [
                ("GET /echo HTTP/1.1\r\nHost: a\r\nX: ", "\r\n\r\n"),
                ("POST /length HTTP/1.1\r\nHost: a\r\nX: ", "\r\nContent-Length: 3\r\n\r\n"),
            ] {
                let client = try RawHTTPClient(port: test.port)
                let field = String(repeating: "a", count: size - start.utf8.count - end.utf8.count)
                try client.send(start + field + end)
                if status == 200, start.hasPrefix("POST") { try client.send("abc") }
                #expect(try client.response().status == status, "\(size)")
            }
        }
        #expect(test.becomesIdle(), "\(test.server.statistics)")
    }

    @Test func `of many short fields all are answered or told that they are too many`() throws {
        let test = try TestServer()
        var statuses: [Int] = []
        for count in [100, 450] + Array(500...580) {
            let client = try RawHTTPClient(port: test.port)
            try client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\(String(repeating: "a:b\r\n", count: count))\r\n")
            statuses.append(try client.response().status)
        }
        #expect(statuses.prefix(2) == [200, 200] && Set(statuses) == [200, 431], "\(statuses)")
    }

    @Test func `what libmicrohttpd refuses is retained nowhere`() throws {
        let test = try TestServer()
        for _ in 0..<20 {
            let client = try RawHTTPClient(port: test.port)
            try client.send("GET /echo HTTP/1.1\r\nContent-Length: x\r\nHost: a\r\n\r\n")
            _ = try client.response()
            let long = try RawHTTPClient(port: test.port)
            try long.send("GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\n\r\n")
            #expect(try long.response().status == 414)
        }
        #expect(test.becomesIdle(), "\(test.server.statistics)")
    }
}
