import Dispatch
import Glibc
import TestSupport
import Testing

@testable import MicroHTTP

@Suite struct ServerTimingTests {
    @Test(arguments: [
        (0, "0.000"), (0.000_000_4, "0.000"), (0.000_000_5, "0.001"), (0.000_007, "0.007"), (0.000_05, "0.050"),
        (0.000_412, "0.412"), (0.000_999_6, "1.000"), (0.001, "1.000"), (1.234_567_8, "1234.568"),
        (3_600, "3600000.000"),
    ])
    func `a time is written in milliseconds with three decimals`(_ seconds: Double, _ expected: String) {
        var times = PhaseTimes()
        times[.total] = seconds
        #expect(times.headerValue == "total;dur=\(expected)")
    }

    @Test func `phases stand in one order, and those that were not are left out`() {
        var times = PhaseTimes()
        #expect(times.headerValue.isEmpty && times[.decode] == nil)
        times[.total] = 0.0021
        times[.queue] = 0
        times[.decode] = 0.000_412
        #expect(times.headerValue == "decode;dur=0.412, queue;dur=0.000, total;dur=2.100")
        times[.compute] = 0.001
        times[.encode] = 0.0003
        times[.queue] = nil
        #expect(times.headerValue == "decode;dur=0.412, compute;dur=1.000, encode;dur=0.300, total;dur=2.100")
    }

    @Test func `every answer has its total, and what was queued its wait`() throws {
        let test = try TestServer(maxBodyBytes: 10)
        for (method, target, body, status, names) in [
            ("GET", "/length", nil, 200, ["total"]), ("HEAD", "/length", nil, 200, ["total"]),
            ("GET", "/nothing", nil, 404, ["total"]), ("POST", "/echo", "0123456789+", 413, ["total"]),
            ("POST", "/late", "a", 200, ["queue", "total"]),
        ] as [(String, String, String?, Int, [String])] {
            let response = try RawHTTPClient.once(port: test.port, method, target, body: body)
            #expect(response.status == status)
            #expect(ServerTiming(response["Server-Timing"])?.names == names, "\(method) \(target)")
        }
    }

    @Test func `what is said past libmicrohttpd has its total too`() throws {
        let test = try TestServer(idleTimeoutSeconds: 1)
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na")
        // libmicrohttpd's own second, after which it says nothing, counts from the last byte; ours from the first. A byte
        // that is sent after the answer would take that back.
        for _ in 0..<3 {
            usleep(250_000)
            try client.send("a")
        }
        let response = try client.response()
        let total = try #require(ServerTiming(response["Server-Timing"])?["total"])
        #expect(response.status == 408 && total >= 1_000)
    }

    @Test func `the wait for a thread is in queue, the upload in total only`() throws {
        let test = try TestServer(threads: 1)
        let busy = try RawHTTPClient(port: test.port)
        try busy.send("POST /gate HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n0")
        #expect(TestServer.eventually { test.application.waiting.load(ordering: .relaxed) == 1 })
        let began = ContinuousClock.now
        let waiting = try RawHTTPClient(port: test.port)
        try waiting.send("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n")
        #expect(TestServer.eventually { test.server.statistics.inFlight == 2 })
        usleep(100_000)
        try waiting.send("1")
        #expect(TestServer.eventually { test.server.compute.waitingCount == 1 })
        let queued = ContinuousClock.now
        usleep(100_000)
        test.application.gate.signal()
        let times = try #require(ServerTiming(try waiting.response()["Server-Timing"]))
        let (queue, total) = (try #require(times["queue"]), try #require(times["total"]))
        // What is measured begins before we see that it has, and ends after the gate is opened.
        #expect(queue >= 100 && queue <= began.duration(to: .now) / .milliseconds(1) - 100)
        #expect(total >= queue + 100 && total <= began.duration(to: .now) / .milliseconds(1))
        #expect(queued.duration(to: .now) / .milliseconds(1) >= 100)
        let record = TestServer.eventually { test.application.records.withLock { $0.count } == 2 }
        #expect(record)
        #expect(test.application.records.withLock { $0.contains { ($0.phases[.queue] ?? 0) >= 0.1 } })
    }
}
