import Foundation
import TestSupport
import Testing

@Suite struct RefusalLogTests {
    @Test func `what is refused before a handler has one line in the log, without its content, and is counted`() throws
    {
        let process = try RopewalkProcess(["serve", "--port", "0"])
        let port = try process.port()
        let head = "POST /rope/apply HTTP/1.1\r\nHost: secret\r\nTransfer-Encoding: chunked\r\n"
        for (text, status) in [
            ("GET /secret HTTP/2.0\r\n\r\n", 505), ("PROXY TCP4 192.0.2.1 secret 1 2\r\n", 400),
            (head + "\r\nzz\r\n", 400), (head + "secret\r\n\r\n", 400),
            ("GET /livez HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 33_000))\r\n\r\n", 431),
        ] {
            let client = try RawHTTPClient(port: port)
            try client.send(text)
            #expect(try client.response().status == status)
        }
        let counts = [("malformed-request", 4), ("head-too-large", 1)].map {
            "ropewalk_rejected_requests_total{reason=\"\($0)\"} \($1)"
        }
        var page = ""
        for _ in 0..<1_000 {
            page = try RawHTTPClient.once(port: port, "GET", "/metrics").text
            if counts.allSatisfy(page.contains) { break }
            usleep(5_000)
        }
        for count in counts { #expect(page.contains(count)) }
        process.signal(SIGTERM)
        #expect(process.exitCode() == 0)
        let errors = try process.rest().errors
        let lines = errors.split(separator: "\n").filter { $0.contains(" problem=") }
        #expect(lines.count == 5 && !errors.contains("secret"), "\(errors)")
        #expect(lines.count { $0.contains("? - 505") && $0.hasSuffix("problem=malformed-request") } == 1)
        #expect(lines.count { $0.contains("POST /rope/apply 400") } == 1)
        #expect(lines.count { $0.contains(" 431 ") && $0.hasSuffix("problem=head-too-large") } == 1)
    }
}
