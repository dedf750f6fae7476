import Glibc
@testable import MicroHTTP
import TestSupport
import Testing

@Suite struct BodyTests {
    @Test func `a body by its length and the same in chunks are one`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        let body = String((0..<50_000).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
        #expect(try client.exchange("POST", "/echo", body: body).text == body)
        try client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        var rest = body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(1_777)
            rest = rest.dropFirst(1_777)
            try client.send("\(String(piece.utf8.count, radix: 16));extension=1\r\n\(piece)\r\n")
        }
        try client.send("0\r\nX-Trailer: 1\r\n\r\n")
        #expect(try client.response().text == body)
    }

    @Test func `a body that comes byte by byte arrives whole`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        for character in "POST /late HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nabcde" {
            try client.send(String(character))
        }
        #expect(try client.response().text == "abcde")
    }

    @Test func `a body that lands has a cache line to itself`() throws {
        let buffer = try #require(BodyBuffer(capacity: 50))
        let piece = [UInt8](0..<50)
        #expect(piece.withUnsafeBytes { buffer.append($0, growingTo: 50) })
        #expect(piece.withUnsafeBytes { buffer.append($0, growingTo: 100) })
        let data = buffer.data()
        #expect(Array(data) == piece + piece)
        #expect(data.withUnsafeBytes { Int(bitPattern: $0.baseAddress) % 64 } == 0)
    }

    @Test func `an announced body over the limit is refused before it is sent`() throws {
        let test = try TestServer(maxBodyBytes: 1_000)
        for length in ["1001", "99999999999999999999"] {
            let client = try RawHTTPClient(port: test.port)
            try client.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n")
            let response = try client.response()
            #expect(response.status == 413)
            // A length past 64 bits is libmicrohttpd's own to refuse, and its page for that has more than it announces.
            if length.count < 20 { #expect(client.isClosedByServer()) }
        }
        #expect(
            try RawHTTPClient.once(port: test.port, "POST", "/length", body: String(repeating: "a", count: 1_000)).text
                == "1000")
    }

    @Test func `chunks past the limit are refused, and the connection survives`() throws {
        let test = try TestServer(maxBodyBytes: 1_000)
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<11 { try client.send("64\r\n\(String(repeating: "a", count: 100))\r\n") }
        try client.send("0\r\n\r\n")
        #expect(try client.response().status == 413)
        #expect(try client.exchange("POST", "/echo", body: "next").text == "next")
    }

    @Test func `chunks far past the limit are answered before they end, and the connection closed`() throws {
        let test = try TestServer(maxBodyBytes: 1_000)
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        // What is read for the sake of the connection ends at 65 536 bytes past the piece in which the limit was.
        for _ in 0..<30 { try client.send("2710\r\n\(String(repeating: "a", count: 10_000))\r\n") }
        let response = try client.response()
        #expect(response.status == 413 && response["Connection"] == "close")
        #expect(client.isClosedByServer())
    }

    @Test func `chunks without end are cut off`() throws {
        let test = try TestServer(maxBodyBytes: 1_000)
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "2710\r\n\(String(repeating: "a", count: 10_000))\r\n"
        var isCut = false
        for _ in 0..<4_000 where !isCut { isCut = (try? client.send(chunk)) == nil }
        #expect(isCut, "forty million bytes were taken where a thousand may come")
    }

    @Test func `expecting to be told to continue, a client is told`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        #expect(try client.response().status == 100)
        try client.send("abc")
        #expect(try client.response().text == "abc")
    }

    @Test func `a body for nobody is read where it is small, and not awaited where it is large`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        #expect(try client.exchange("POST", "/nobody", body: "abc").status == 404)
        #expect(try client.exchange("POST", "/echo", body: "abc").text == "abc")
        try client.send("POST /nobody HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        #expect(try client.response().status == 404)
        #expect(client.isClosedByServer())
    }

    @Test func `bodies of all requests together stay in the budget`() throws {
        let test = try TestServer(maxBodyBytes: 1 << 20, maxBufferedBytes: 2_500)
        var holders: [RawHTTPClient] = []
        for _ in 0..<2 {
            let holder = try RawHTTPClient(port: test.port)
            let most = String(repeating: "a", count: 999)
            try holder.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n\(most)")
            holders.append(holder)
        }
        #expect(TestServer.eventually { test.budget.used == 1_998 })
        let refused = try RawHTTPClient.once(
            port: test.port, "POST", "/echo", body: String(repeating: "a", count: 1_000))
        #expect(refused.status == 503)
        #expect(try RawHTTPClient.once(port: test.port, "POST", "/length", body: "abc").text == "3")
        #expect(
            try RawHTTPClient.once(port: test.port, "POST", "/echo", body: String(repeating: "a", count: 2_501)).status
                == 413)
        for holder in holders { holder.abort() }
        #expect(TestServer.eventually { test.budget.used == 0 })
    }

    @Test func `of bodies that come together and do not fit together, the first is served`() throws {
        let test = try TestServer(maxBodyBytes: 1 << 20, maxBufferedBytes: 1_500_000)
        let length = 1_000_000
        let clients = try (0..<3).map { _ in try RawHTTPClient(port: test.port) }
        let piece = String(repeating: "a", count: length / 4)
        for (index, client) in clients.enumerated() {
            try client.send("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n\(piece)")
            #expect(TestServer.eventually { test.budget.used == (index + 1) * length / 4 })
        }
        for _ in 1..<4 { for client in clients { try client.send(piece) } }
        let answers = try clients.map { try $0.response() }
        // Once the first is answered, another may have its room.
        #expect(answers[0].status == 200 && answers[0].text == "\(length)", "\(answers.map(\.status))")
        #expect(answers.contains { $0.status == 503 }, "\(answers.map(\.status))")
        #expect(answers[1...].allSatisfy { [200, 503].contains($0.status) }, "\(answers.map(\.status))")
        for client in clients { #expect(try client.exchange("POST", "/length", body: "abc").text == "3") }
    }

    @Test func `an upload that is given up leaves nothing behind`() throws {
        let test = try TestServer()
        for round in 0..<20 {
            let client = try RawHTTPClient(port: test.port)
            try client.send("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc")
            if round.isMultiple(of: 2) { client.abort() }
        }
        #expect(test.becomesIdle(), "\(test.server.statistics)")
        #expect(test.application.records.withLock { $0.allSatisfy { !$0.isComplete && $0.status == 0 } })
    }
}
