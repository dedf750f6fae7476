import Foundation
import TestSupport
import Testing

@Suite struct CommandLineTests {
    private func serve(_ arguments: String..., environment: [String: String] = [:]) throws -> RopewalkProcess {
        try RopewalkProcess(["serve"] + arguments, environment: environment)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `one line on stdout says where it listens, and SIGTERM ends it with 0`(_ host: String) throws {
        let process = try serve("--port", "0", "--host", host)
        let line = try process.announcement()
        #expect(line.hasPrefix("listening on http://\(host):"))
        let port = try #require(Int(line.split(separator: ":").last ?? ""))
        #expect(try RawHTTPClient.once(port: port, "GET", "/livez").text == #"{"status":"ok"}"#)
        process.signal(SIGTERM)
        #expect(process.exitCode() == 0)
        let said = try process.rest()
        #expect(said.output.isEmpty)
        #expect(said.errors.contains("GET /livez 200"))
    }

    @Test func `an IPv6 address stands in brackets`() throws {
        let process = try serve("--port", "0", "--host", "::1")
        #expect(try process.announcement().hasPrefix("listening on http://[::1]:"))
        process.signal(SIGINT)
        #expect(process.exitCode() == 0)
    }

    /// Begins a request of which the service is known to wait for the body.
    private func beginUpload(port: Int, length: Int) throws -> RawHTTPClient {
        let client = try RawHTTPClient(port: port)
        try client.send(
            "POST /rope/apply HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n")
        #expect(try client.response().status == 100)
        return client
    }

    @Test func `a request in flight is finished after SIGINT`() throws {
        let process = try serve("--port", "0")
        let port = try process.port()
        let body = #"{"x":[[1,0]]}"#
        let client = try beginUpload(port: port, length: body.utf8.count)
        process.signal(SIGINT)
        for _ in 0..<1_000 where (try? RawHTTPClient(port: port)) != nil { usleep(5_000) }
        try client.send(body)
        let response = try client.response()
        #expect(response.status == 200 && response["Connection"] == "close")
        #expect(process.exitCode() == 0)
    }

    @Test func `a second signal does not wait`() throws {
        let process = try serve("--port", "0", "--drain-seconds", "60")
        let port = try process.port()
        let client = try beginUpload(port: port, length: 9)
        process.signal(SIGTERM)
        for _ in 0..<1_000 where (try? RawHTTPClient(port: port)) != nil { usleep(5_000) }
        process.signal(SIGTERM)
        #expect(process.exitCode() == 128 + SIGTERM)
        #expect(client.isClosedByServer())
    }

    @Test func `a log that nobody reads stops nothing`() throws {
        let process = try serve("--port", "0")
        let client = try RawHTTPClient(port: try process.port())
        // A pipe holds 65 536 bytes, and each line of the log is longer than 50.
        for _ in 0..<2_000 { #expect(try client.exchange("GET", "/livez").status == 200) }
        process.signal(SIGTERM)
        #expect(process.exitCode() == 0)
    }

    @Test func `equal requests get equal bytes from every process`() throws {
        let answers = try (0..<2).map { _ in
            let process = try serve("--port", "0")
            let port = try process.port()
            return [
                try RawHTTPClient.once(port: port, "GET", "/frequencies?dim=64&positions=0:4").body,
                try RawHTTPClient.once(port: port, "POST", "/rope/apply", body: #"{"x":[[1,0]],"offset":1}"#).body,
                try RawHTTPClient.once(port: port, "GET", "/openapi.json").body,
            ]
        }
        #expect(answers[0] == answers[1] && answers[0].allSatisfy { !$0.isEmpty })
    }

    @Test(
        arguments: [
            (["serve", "--port", "http"], [:], "--port must be a whole number from 0 to 65535"),
            (["serve", "--port", "70000"], [:], "\"70000\""),
            (["serve", "--max-queue", "-1"], [:], "--max-queue"),
            (["serve"], ["ROPEWALK_MAX_BODY_BYTES": "1MB"], "ROPEWALK_MAX_BODY_BYTES"),
            (["serve"], ["PORT": "x"], "PORT must be"),
            (["serve", "--drain-seconds", "soon"], [:], "--drain-seconds"),
            (["serve", "--log-level", "loud"], [:], "trace, debug"),
            (["serve", "--prot", "1"], [:], "--prot"),
            (["sevre"], [:], "sevre"),
            (["healthcheck", "--url", "ftp://x"], [:], "--url must be"),
            (["serve", "--host", "no.such.host.invalid"], [:], "no.such.host.invalid"),
        ] as [([String], [String: String], String)])
    func `a bad value is one line and exit code 64`(
        _ arguments: [String], _ environment: [String: String], _ expected: String
    ) throws {
        let process = try RopewalkProcess(arguments, environment: environment)
        #expect(process.exitCode() == 64)
        let said = try process.rest()
        #expect(said.output.isEmpty)
        #expect(said.errors.split(separator: "\n").count == 1 && said.errors.contains(expected), "\(said.errors)")
    }

    @Test func `an address in use is one line that names it and exit code 1`() throws {
        let first = try serve("--port", "0")
        let port = try first.port()
        let second = try serve("--port", "\(port)")
        #expect(second.exitCode() == 1)
        let errors = try second.rest().errors
        #expect(errors.split(separator: "\n").count == 1 && errors.contains("127.0.0.1:\(port)"), "\(errors)")
    }

    @Test func `a flag goes before its variable, and that before PORT`() throws {
        let taken = try serve("--port", "0")
        let other = String(try taken.port())
        for (arguments, environment) in [
            (["--port", "0"], ["ROPEWALK_PORT": other, "PORT": other]),
            ([], ["ROPEWALK_PORT": "0", "PORT": other]),
            ([], ["ROPEWALK_PORT": "tcp://10.0.0.1:8080", "PORT": "0"]),
        ] {
            let process = try RopewalkProcess(["serve"] + arguments, environment: environment)
            #expect(try process.announcement() != "listening on http://127.0.0.1:\(other)")
            process.signal(SIGTERM)
            #expect(process.exitCode() == 0)
        }
    }

    @Test func `a health check tells by its exit code`() throws {
        let service = try serve("--port", "0")
        let port = try service.port()
        let check = { try RopewalkProcess(["healthcheck"] + $0, environment: $1).exitCode() }
        #expect(try check([], ["PORT": "\(port)"]) == 0)
        #expect(try check(["--url", "http://localhost:\(port)/livez"], [:]) == 0)
        #expect(try check(["--url", "http://localhost:\(port)"], [:]) == 0)
        #expect(try check(["--url", "http://127.0.0.1:\(port)/nothing"], [:]) == 1)
        service.signal(SIGTERM)
        #expect(service.exitCode() == 0)
        #expect(try check([], ["ROPEWALK_PORT": "\(port)"]) == 1)
    }

    @Test(arguments: [("::1", "::1"), ("::", "::"), ("0.0.0.0", "0.0.0.0"), ("localhost", "localhost")])
    func `a health check asks where the variables say that the service is`(_ listening: String, _ asked: String) throws
    {
        let service = try serve("--port", "0", environment: ["ROPEWALK_HOST": listening])
        let port = try service.port()
        func check(_ environment: [String: String]) throws -> (code: Int32, errors: String) {
            let process = try RopewalkProcess(["healthcheck"], environment: environment)
            return (process.exitCode(), try process.rest().errors)
        }
        #expect(try check(["ROPEWALK_HOST": asked, "ROPEWALK_PORT": "\(port)"]) == (0, ""))
        let ofKubernetes = ["ROPEWALK_HOST": asked, "ROPEWALK_PORT": "tcp://10.0.0.1:1", "PORT": "\(port)"]
        #expect(try check(ofKubernetes) == (0, ""))
        service.signal(SIGTERM)
        #expect(service.exitCode() == 0)
        #expect(try check(["ROPEWALK_HOST": asked, "ROPEWALK_PORT": "\(port)"]).code == 1)
    }

    @Test func `a health check that fails names the address that it asked`() throws {
        for (host, shown) in [("::", "[::1]"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("127.0.0.2", "127.0.0.2")] {
            let process = try RopewalkProcess(["healthcheck"], environment: ["ROPEWALK_HOST": host, "PORT": "1"])
            #expect(process.exitCode() == 1)
            let errors = try process.rest().errors
            #expect(errors.contains("http://\(shown):1/readyz"), "\(errors)")
        }
    }

    /// What a service says about variables before it listens.
    private func warnings(_ environment: [String: String]) throws -> [String] {
        let process = try serve("--port", "0", environment: environment)
        _ = try process.port()
        process.signal(SIGTERM)
        #expect(process.exitCode() == 0)
        return try process.rest().errors.split(separator: "\n").map(String.init).filter { $0.contains("ROPEWALK_") }
    }

    @Test func `a variable that no setting has gets one line of warning with the nearest name`() throws {
        let said = try warnings([
            "ROPEWALK_MAX_QEUE": "8", "ROPEWALK_PORTS": "9000", "ROPEWALK_ZYX": "1", "ROPEWALK_MAX_QUEUE": "7",
        ])
        #expect(said.count == 3, "\(said)")
        #expect(said.allSatisfy { $0.contains("warning") })
        #expect(
            said.first?.contains(
                "ROPEWALK_MAX_QEUE is set, and no setting has this variable, perhaps for ROPEWALK_MAX_QUEUE") == true)
        #expect(said.dropFirst().first?.contains("ROPEWALK_PORT") == true)
        #expect(said.last?.hasSuffix("no setting has this variable") == true)
    }

    @Test func `variables of Kubernetes, of the kernels and of flags get none`() throws {
        #expect(
            try warnings([
                "ROPEWALK_SIMD": "baseline", "ROPEWALK_SERVICE_HOST": "10.0.0.1", "ROPEWALK_SERVICE_PORT": "8080",
                "ROPEWALK_SERVICE_PORT_HTTP": "8080", "ROPEWALK_PORT": "tcp://10.0.0.1:8080",
                "ROPEWALK_PORT_8080_TCP": "tcp://10.0.0.1:8080", "ROPEWALK_PORT_8080_TCP_PROTO": "tcp",
                "ROPEWALK_PORT_8080_TCP_PORT": "8080", "ROPEWALK_PORT_8080_TCP_ADDR": "10.0.0.1",
                "ROPEWALK_CANARY_SERVICE_HOST": "10.0.0.2", "ROPEWALK_CANARY_PORT": "udp://10.0.0.2:1",
                "ROPEWALK_MAX_BODY_BYTES": "1000", "ROPEWALK_DRAIN_SECONDS": "1", "ROPEWALK_LOG_LEVEL": "info",
                "ROPEWALK_IDLE_TIMEOUT": "9", "ROPEWALK_COMPUTE_THREADS": "1", "ROPEWALK_HOST": "127.0.0.1",
            ]) == [])
        #expect(try warnings(["ROPEWALK_HTTP_PORT": "9000"]).count == 1)
    }

    /// The number of a limit in /info of a service that a shell command starts.
    private func limit(_ name: String, _ command: String) throws -> Int? {
        let service = try RopewalkProcess(shell: command)
        let text = try RawHTTPClient.once(port: service.port(), "GET", "/info").text
        let found = text.firstRange(of: "\"\(name)\":").map { text[$0.upperBound...].prefix { $0.isNumber } }
        service.signal(SIGTERM)
        #expect(service.exitCode() == 0)
        return found.flatMap { Int($0) }
    }

    @Test func `compute threads are as many as the processors of the affinity, unless a flag says otherwise`() throws {
        let binary = RopewalkProcess.binary.path
        #expect(try limit("compute_threads", "exec taskset --cpu-list 0 '\(binary)' serve --port 0") == 1)
        let flag = "exec taskset --cpu-list 0 '\(binary)' serve --port 0 --compute-threads 3"
        #expect(try limit("compute_threads", flag) == 3)
    }

    @Test(arguments: [["--version"], ["--help"], ["serve", "--help"], ["help", "serve"]])
    func `what is asked of the command line itself is answered on stdout`(_ arguments: [String]) throws {
        let process = try RopewalkProcess(arguments)
        #expect(process.exitCode() == 0)
        let said = try process.rest()
        #expect(!said.output.isEmpty && said.errors.isEmpty)
    }
}
