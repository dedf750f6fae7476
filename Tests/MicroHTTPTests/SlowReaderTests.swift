import Glibc
import TestSupport
import Testing

@testable import MicroHTTP

@Suite struct SlowReaderTests {
    /// More than the server's socket holds.
    private static let length = 8 << 20
    private static let body = [UInt8](repeating: UInt8(ascii: "a"), count: length)

    private func server() throws -> TestServer {
        try TestServer(maxBodyBytes: 1 << 24, maxBufferedBytes: 1 << 25, idleTimeoutSeconds: 1)
    }

    private func asked(_ test: TestServer) throws -> RawHTTPClient {
        let client = try RawHTTPClient(port: test.port, receiveBuffer: 32_768)
        // So that the answer is not the first one on its connection.
        #expect(try client.exchange("POST", "/echo", body: String(repeating: "b", count: 20_000)).status == 200)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(Self.length)\r\n\r\n")
        try client.send(Self.body)
        return client
    }

    private func recorded(_ test: TestServer) -> HTTPRecord? {
        test.application.records.withLock { $0.count == 2 ? $0[1] : nil }
    }

    @Test func `a slow but steady reader gets all of an answer, however long that takes`() throws {
        let test = try server()
        let client = try asked(test)
        var total = 0
        while total < Self.length {
            let count = try client.receive(atMost: 65_536)
            guard count > 0 else { break }
            total += count
            usleep(UInt32(count))
        }
        #expect(total >= Self.length)
        #expect(TestServer.eventually { recorded(test) != nil })
        let record = try #require(recorded(test))
        #expect(record.isComplete && record.status == 200 && record.bytesSent == Self.length)
        // The connection is idle by now: it is closed in its turn, and nothing is said of a request that is late.
        var rest = 0
        while case let count = try client.receive(atMost: 65_536), count > 0 { rest += count }
        #expect(total + rest < Self.length + 1_000 && recorded(test) != nil)
    }

    @Test func `a reader that stops is cut, and the record says how much it got`() throws {
        let test = try server()
        let client = try asked(test)
        var total = 0
        while total < 500_000 { total += try client.receive(atMost: 65_536) }
        #expect(TestServer.eventually { recorded(test) != nil })
        let record = try #require(recorded(test))
        // What its system has, the client can still read; the head of the answer is not counted, and not known to the byte.
        while case let count = try client.receive(atMost: 65_536), count > 0 { total += count }
        #expect(!record.isComplete && record.status == 200)
        #expect(
            record.bytesSent < Self.length && abs(record.bytesSent - total) < 1_000, "\(record.bytesSent) of \(total)")
        #expect(test.becomesIdle(), "\(test.server.statistics)")
    }

    @Test func `a reader that has shut down its side and stops is cut as well`() throws {
        let test = try server()
        let client = try asked(test)
        while try client.receive(atMost: 65_536) == 0 {}
        client.shutDownSending()
        #expect(TestServer.eventually { recorded(test) != nil })
        #expect(try #require(recorded(test)).isComplete == false)
        #expect(test.becomesIdle(), "\(test.server.statistics)")
    }

    @Test func `a reader that leaves within an answer is recorded with what it got`() throws {
        let test = try server()
        let client = try asked(test)
        var total = 0
        while total < 500_000 { total += try client.receive(atMost: 65_536) }
        client.abort()
        #expect(TestServer.eventually { recorded(test) != nil })
        let record = try #require(recorded(test))
        #expect(!record.isComplete && record.status == 200)
        #expect(record.bytesSent >= total - 1_000 && record.bytesSent < Self.length)
    }
}
