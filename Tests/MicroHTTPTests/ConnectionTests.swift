import Dispatch
import Glibc
@testable import MicroHTTP
import TestSupport
import Synchronization
import Testing

@Suite struct ConnectionTests {
    @Test func `a connection serves one request after the other`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        for round in 0..<50 {
            let body = "round \(round)"
            #expect(try client.exchange("POST", round.isMultiple(of: 2) ? "/echo" : "/late", body: body).text == body)
        }
        #expect(test.server.statistics.connections == 1)
    }

    @Test func `requests sent together are answered in their order`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        var together = ""
        for number in 0..<40 {
            let path = number.isMultiple(of: 3) ? "/late" : "/echo"
            together += "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n\(10 + number)"
        }
        try client.send(together)
        for number in 0..<40 { #expect(try client.response().text == "\(10 + number)") }
    }

    @Test func `HEAD has the length and no body`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        let head = try client.exchange("HEAD", "/length")
        #expect(head.status == 200 && head["Content-Length"] == "1")
        #expect(try client.exchange("GET", "/length").text == "0")
    }

    @Test func `a client's request id comes back, and an unusable one is replaced`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        #expect(try client.exchange("GET", "/echo", headers: ["X-Request-Id": "a.b-c_1"])["X-Request-Id"] == "a.b-c_1")
        let replaced = try client.exchange("GET", "/echo", headers: ["X-Request-Id": "a b"])["X-Request-Id"]
        #expect(replaced?.count == 15)
        #expect(try client.exchange("GET", "/echo")["X-Request-Id"] != replaced)
    }

    @Test func `connections over the limit wait for their turn`() throws {
        let test = try TestServer(maxConnections: 4)
        var clients = try (0..<4).map { _ in try RawHTTPClient(port: test.port) }
        for client in clients.prefix(2) { #expect(try client.exchange("GET", "/length").status == 200) }
        clients.removeAll()
        for _ in 0..<8 { #expect(try RawHTTPClient.once(port: test.port, "GET", "/length").status == 200) }
    }

    @Test func `connections that their clients have left make room`() throws {
        let test = try TestServer(maxConnections: 4)
        for round in 0..<40 {
            let client = try RawHTTPClient(port: test.port)
            try client.send(
                round.isMultiple(of: 2) ? "GET /len" : "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na")
        }
        #expect(try RawHTTPClient.once(port: test.port, "GET", "/length").text == "0")
        #expect(test.becomesIdle(), "\(test.server.statistics)")
    }

    @Test func `a request waits while as many as may compute, and past the queue is refused`() throws {
        let test = try TestServer(threads: 1, maxQueue: 1)
        let clients = try (0..<3).map { _ in try RawHTTPClient(port: test.port) }
        try clients[0].send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n0")
        #expect(TestServer.eventually { test.application.waiting.load(ordering: .relaxed) == 1 })
        try clients[1].send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1")
        #expect(TestServer.eventually { test.server.compute.waitingCount == 1 })
        #expect(try clients[2].exchange("POST", "/late", body: "2").status == 503)
        #expect(try clients[2].exchange("POST", "/echo", body: "3").text == "3")
        test.application.gate.signal()
        test.application.gate.signal()
        #expect(try clients[0].response().text == "0")
        #expect(try clients[1].response().text == "1")
    }

    @Test func `every I/O thread answers while every compute thread is busy`() throws {
        let test = try TestServer(threads: 2, maxQueue: 8)
        let busy = try (0..<6).map { _ in try RawHTTPClient(port: test.port) }
        for client in busy { try client.send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n0") }
        #expect(TestServer.eventually { test.application.waiting.load(ordering: .relaxed) == 2 })
        for _ in 0..<8 { #expect(try RawHTTPClient.once(port: test.port, "GET", "/length").text == "0") }
        for _ in busy { test.application.gate.signal() }
        for client in busy { #expect(try client.response().status == 200) }
    }

    @Test func `a client that leaves while its answer is computed leaves nothing behind`() throws {
        let test = try TestServer(threads: 2)
        for _ in 0..<4 {
            let client = try RawHTTPClient(port: test.port)
            try client.send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n0")
            client.abort()
        }
        for _ in 0..<4 { test.application.gate.signal() }
        #expect(test.becomesIdle(), "\(test.server.statistics)")
    }

    @Test func `a body that only drips is answered 408 and closed`() throws {
        let test = try TestServer(idleTimeoutSeconds: 1)
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
        for _ in 0..<40 where (try? client.send("a")) != nil { usleep(100_000) }
        #expect(try client.response().status == 408)
        #expect(client.isClosedByServer())
        #expect(TestServer.eventually { test.server.statistics.retained == 0 })
    }

    @Test func `a head that only drips is closed`() throws {
        let test = try TestServer(idleTimeoutSeconds: 1)
        let client = try RawHTTPClient(port: test.port)
        try client.send("GET /echo HTTP/1.1\r\nX-A: ")
        var isCut = false
        for _ in 0..<80 where !isCut {
            isCut = (try? client.send("a")) == nil
            usleep(100_000)
        }
        #expect(isCut)
        #expect(TestServer.eventually { test.server.statistics.connections == 0 })
    }

    @Test func `sixty-four clients at once each get their own answers`() throws {
        let test = try TestServer(threads: 2, maxQueue: 64)
        let wrong = Atomic<Int>(0)
        let ended = inThreads(64) { client in
            do {
                let connection = try RawHTTPClient(port: test.port)
                for round in 0..<20 {
                    let body = String(repeating: "\(client),\(round);", count: 1 + (client * 37 + round) % 300)
                    let path = (client + round).isMultiple(of: 2) ? "/echo" : "/late"
                    if try connection.exchange("POST", path, body: body).text != body {
                        wrong.add(1, ordering: .relaxed)
                    }
                }
            } catch {
                wrong.add(1_000, ordering: .relaxed)
            }
        }
        #expect(ended)
        #expect(wrong.load(ordering: .relaxed) == 0)
        #expect(test.becomesIdle(), "\(test.server.statistics)")
    }
}
