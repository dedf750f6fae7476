import Dispatch
import Glibc
import MicroHTTP
import TestSupport
import Testing

@Suite struct StopTests {
    /// Stops the server on another thread; the semaphore is signalled when it has.
    private func stop(_ test: TestServer, drainSeconds: Double) -> DispatchSemaphore {
        let stopped = DispatchSemaphore(value: 0)
        let server = test.server
        DispatchQueue.global().async {
            server.stop(drainSeconds: drainSeconds)
            stopped.signal()
        }
        return stopped
    }

    @Test func `what is in flight is finished and its connection closed`() throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
        let uploading = try RawHTTPClient(port: test.port)
        try uploading.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
        #expect(
            TestServer.eventually {
                test.application.waiting.load(ordering: .relaxed) == 1 && test.server.statistics.inFlight == 2
            })
        let stopped = stop(test, drainSeconds: 10)
        #expect(TestServer.eventually { test.server.isDraining })
        #expect(TestServer.eventually { (try? RawHTTPClient(port: test.port)) == nil }, "new connections are refused")
        try uploading.send("bc")
        #expect(try uploading.response().text == "abc")
        test.application.gate.signal()
        let response = try client.response()
        #expect(response.text == "abc" && response["Connection"] == "close")
        #expect(client.isClosedByServer())
        #expect(stopped.wait(timeout: .now() + 5) == .success)
    }

    @Test func `what is still in flight after the drain gets 503 and a closed connection`() throws {
        let test = try TestServer(threads: 1)
        let computing = try RawHTTPClient(port: test.port)
        let waiting = try RawHTTPClient(port: test.port)
        let uploading = try RawHTTPClient(port: test.port)
        for client in [computing, waiting] {
            try client.send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
        }
        try uploading.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na")
        #expect(
            TestServer.eventually {
                test.application.waiting.load(ordering: .relaxed) == 1 && test.server.statistics.inFlight == 3
            })
        let stopped = stop(test, drainSeconds: 0.2)
        for client in [computing, waiting, uploading] {
            let response = try client.response()
            #expect(response.status == 503 && response["Connection"] == "close")
            #expect(client.isClosedByServer())
        }
        #expect(stopped.wait(timeout: .now() + 5) == .success)
        test.application.gate.signal()
        test.application.gate.signal()
        #expect(TestServer.eventually { test.server.statistics.retained == 0 && test.budget.used == 0 })
    }

    @Test func `connections accepted by the kernel before the stop are served`() throws {
        for _ in 0..<20 {
            let test = try TestServer()
            let clients = try (0..<8).map { _ in try RawHTTPClient(port: test.port) }
            for (number, client) in clients.enumerated() {
                try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n\(number)")
            }
            let stopped = stop(test, drainSeconds: 5)
            for (number, client) in clients.enumerated() {
                #expect(try client.response().text == "\(number)")
            }
            #expect(stopped.wait(timeout: .now() + 10) == .success)
        }
    }

    @Test func `a stop in a storm of connections at the limit ends`() throws {
        for _ in 0..<10 {
            let test = try TestServer(maxConnections: 8)
            let held = try (0..<6).map { _ in try RawHTTPClient(port: test.port) }
            let port = test.port
            let storm = DispatchGroup()
            DispatchQueue.global().async(group: storm) {
                let clients = (0..<30).map { _ in try? RawHTTPClient(port: port) }
                for case let client? in clients { client.abort() }
            }
            let stopped = stop(test, drainSeconds: 0)
            #expect(stopped.wait(timeout: .now() + 10) == .success)
            storm.wait()
            #expect(held.count == 6 && test.server.statistics.connections == 0)
        }
    }

    @Test func `a port that is taken is named`() throws {
        let test = try TestServer()
        let server = HTTPServer(
            configuration: .init(port: test.port), application: test.application,
            compute: ComputePool(threads: 1, maxWaiting: 0),
            budget: test.budget)
        #expect { try server.start() } throws: {
            "\($0)".contains("127.0.0.1:\(test.port)") && "\($0)".contains("in use")
        }
    }

    @Test func `a host that does not exist is named`() throws {
        let test = try TestServer()
        let server = HTTPServer(
            configuration: .init(host: "no.such.host.invalid"), application: test.application,
            compute: ComputePool(threads: 1, maxWaiting: 0), budget: test.budget)
        #expect { try server.start() } throws: { "\($0)".contains("no.such.host.invalid") }
    }

    @Test func `a stopped server is let go of`() throws {
        weak var server: HTTPServer?
        do {
            let test = try TestServer()
            server = test.server
            #expect(try RawHTTPClient.once(port: test.port, "POST", "/late", body: "a").text == "a")
            test.server.stop(drainSeconds: 1)
        }
        // The timer that looks for what is overdue lets go when it next looks.
        #expect(TestServer.eventually { server == nil })
    }
}
