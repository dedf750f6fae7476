import Glibc
import Synchronization
import TestSupport
import Testing

@testable import MicroHTTP

@Suite struct IdleConnectionTests {
    private func clients(_ count: Int, of test: TestServer) throws -> [RawHTTPClient] {
        try (0..<count).map { _ in
            let client = try RawHTTPClient(port: test.port)
            #expect(try client.exchange("GET", "/length").status == 200)
            return client
        }
    }

    @Test func `a new connection gets the place of the one that has been idle longest`() throws {
        let test = try TestServer(maxConnections: 4)
        let idle = try clients(4, of: test)
        let new = try RawHTTPClient(port: test.port)
        #expect(try new.exchange("GET", "/length").status == 200)
        #expect(idle[0].isClosedByServer())
        for client in idle[1...] + [new] { #expect(try client.exchange("POST", "/late", body: "a").text == "a") }
        #expect(test.server.statistics.closedForRoom == 1 && test.server.statistics.connections == 4)
    }

    @Test func `connections on which nothing was sent are idle too`() throws {
        let test = try TestServer(maxConnections: 4)
        let silent = try (0..<4).map { _ in try RawHTTPClient(port: test.port) }
        #expect(TestServer.eventually { test.server.statistics.connections == 4 })
        for _ in 0..<6 { #expect(try RawHTTPClient.once(port: test.port, "GET", "/length").text == "0") }
        #expect(silent.contains { $0.isClosedByServer() })
    }

    @Test func `a connection within its request line is not idle`() throws {
        let test = try TestServer(maxConnections: 4)
        let begun = try RawHTTPClient(port: test.port)
        try begun.send("GET /length HT")
        let idle = try clients(3, of: test)
        #expect(try RawHTTPClient.once(port: test.port, "GET", "/length").status == 200)
        try begun.send("TP/1.1\r\nHost: a\r\n\r\n")
        #expect(try begun.response().status == 200)
        #expect(idle[0].isClosedByServer())
    }

    @Test func `a place that nobody waits for is not taken away`() throws {
        let test = try TestServer(maxConnections: 4)
        let idle = try clients(4, of: test)
        usleep(500_000)
        for client in idle { #expect(try client.exchange("GET", "/length").status == 200) }
        #expect(test.server.statistics.closedForRoom == 0)
    }

    @Test func `busy connections keep their places until they are idle`() throws {
        let test = try TestServer(maxConnections: 2)
        let computing = try RawHTTPClient(port: test.port)
        try computing.send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n0")
        let uploading = try RawHTTPClient(port: test.port)
        try uploading.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na")
        #expect(
            TestServer.eventually { test.application.waiting.load(ordering: .relaxed) == 1 && test.budget.used == 2 })
        let waiting = try RawHTTPClient(port: test.port)
        try waiting.send("GET /length HTTP/1.1\r\nHost: a\r\n\r\n")
        usleep(300_000)
        #expect(test.server.statistics.closedForRoom == 0)
        test.application.gate.signal()
        #expect(try computing.response().text == "0")
        #expect(try waiting.response().text == "0")
        #expect(computing.isClosedByServer())
        try uploading.send("b")
        #expect(try uploading.response().text == "ab")
    }

    @Test func `a connection on which a request has begun to come is not idle`() throws {
        let test = try TestServer(maxConnections: 2)
        let begun = try RawHTTPClient(port: test.port)
        #expect(TestServer.eventually { test.server.statistics.connections == 1 })
        usleep(100_000)
        try begun.send("GET /len")
        let idle = try clients(1, of: test)
        #expect(try RawHTTPClient.once(port: test.port, "GET", "/length").text == "0")
        #expect(idle[0].isClosedByServer())
        try begun.send("gth HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try begun.response().text == "0")
    }

    @Test func `no request that has begun is lost where clients fight for places`() throws {
        let test = try TestServer(threads: 2, maxQueue: 64, maxConnections: 4)
        let answered = Atomic<Int>(0)
        let port = test.port
        let ended = inThreads(12) { number in
            var connection: RawHTTPClient?
            for round in 0..<40 {
                // A connection that is closed while it is idle is opened again, as clients do.
                for _ in 0..<200 {
                    if connection == nil { connection = try? RawHTTPClient(port: port) }
                    let path = (number + round).isMultiple(of: 2) ? "/echo" : "/late"
                    if let text = try? connection?.exchange("POST", path, body: "\(round)").text, text == "\(round)" {
                        answered.add(1, ordering: .relaxed)
                        break
                    }
                    connection = nil
                }
                // As long as clients do nothing, their connections are idle.
                usleep(5_000)
            }
        }
        #expect(ended)
        #expect(answered.load(ordering: .relaxed) == 12 * 40)
        #expect(test.becomesIdle(), "\(test.server.statistics)")
        #expect(test.application.records.withLock { $0.count { $0.status == 200 && $0.isComplete } } == 12 * 40)
        #expect(test.application.records.withLock { $0.allSatisfy(\.isComplete) })
    }

    @Test(arguments: [true, false])
    func `an idle connection is closed after the time, and nothing is said`(hasServed: Bool) throws {
        let test = try TestServer(idleTimeoutSeconds: 1)
        let client = try RawHTTPClient(port: test.port)
        if hasServed { #expect(try client.exchange("GET", "/length").status == 200) }
        #expect(client.isClosedByServer())
        #expect(TestServer.eventually { test.server.statistics.connections == 0 })
    }

    @Test func `a body of which much has come and then no more is answered 408`() throws {
        let test = try TestServer(idleTimeoutSeconds: 1)
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        try client.send(String(repeating: "a", count: 900_000))
        #expect(try client.response().status == 408)
        #expect(client.isClosedByServer())
    }
}
