import Foundation
import TestSupport
import Testing

@Suite struct SignalTests {
    private func serve(_ arguments: String...) throws -> RopewalkProcess {
        try RopewalkProcess(["serve", "--port", "0"] + arguments)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func `a signal right after the announcement stops the service`(
        _ number: Int32
    ) throws {
        for round in 0..<20 {
            let process = try serve()
            _ = try process.announcement()
            process.signal(number)
            #expect(process.exitCode() == 0, "round \(round)")
        }
    }

    @Test func `a signal ends a start at any moment of it`() throws {
        for round in 0..<20 {
            let process = try serve()
            usleep(UInt32(round) * 2_000)
            process.signal(SIGTERM)
            #expect(process.ends(), "round \(round)")
        }
    }

    @Test func `a second signal writes the log before it ends the process`() throws {
        let process = try serve("--drain-seconds", "60")
        let port = try process.port()
        let client = try RawHTTPClient(port: port)
        #expect(try client.exchange("GET", "/livez").status == 200)
        try client.send("POST /rope/apply HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
        #expect(try client.response().status == 100)
        process.signal(SIGTERM)
        for _ in 0..<1_000 where (try? RawHTTPClient(port: port)) != nil { usleep(5_000) }
        process.signal(SIGINT)
        #expect(process.exitCode() == 128 + SIGINT)
        let errors = try process.rest().errors
        #expect(errors.contains("GET /livez 200") && errors.contains("stopping"), "\(errors)")
    }

    @Test func `a second signal does not wait for a log that nobody reads`() throws {
        let process = try serve("--drain-seconds", "60")
        let client = try RawHTTPClient(port: try process.port())
        // More than a pipe holds.
        for _ in 0..<2_000 { #expect(try client.exchange("GET", "/livez").status == 200) }
        try client.send("POST /rope/apply HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
        #expect(try client.response().status == 100)
        process.signal(SIGTERM)
        usleep(100_000)
        process.signal(SIGTERM)
        #expect(process.exitCode() == 128 + SIGTERM)
    }

    @Test func `SIGHUP without a file of models changes nothing, and the log says so`() throws {
        let process = try serve()
        let port = try process.port()
        for _ in 0..<5 {
            process.signal(SIGHUP)
            #expect(try RawHTTPClient.once(port: port, "GET", "/livez").status == 200)
        }
        process.signal(SIGTERM)
        #expect(process.exitCode() == 0)
        #expect(try process.rest().errors.contains("SIGHUP is ignored"))
    }

    /// A file of one model of a base.
    private func models(_ name: String, base: Int) -> String {
        #"{"\#(name)": {"config": {"model_type": "llama", "head_dim": 4, "rope_theta": \#(base)}, "source": "a test"}}"#
    }

    @Test func `SIGHUP reads the models again, and no answer is made with earlier ones`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "models-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let write = { (text: String) in try Data(text.utf8).write(to: file, options: .atomic) }
        try write(models("mine", base: 100))
        let process = try serve("--models", file.path)
        let port = try process.port()
        let target = "/frequencies?model=mine"
        func get(_ path: String, _ headers: [String: String] = [:]) throws -> RawHTTPResponse {
            try RawHTTPClient.once(port: port, "GET", path, headers: headers)
        }
        /// Waits until a service that was told to read its file answers as it should.
        func becomes(_ isSo: () throws -> Bool) throws -> Bool {
            for _ in 0..<1_000 {
                if try isSo() { return true }
                usleep(5_000)
            }
            return false
        }

        let first = try get(target)
        #expect(first.text.contains(#""inv_freq":[1,0.1]"#) && first["Cache-Control"] == "no-cache")
        #expect(try get("/frequencies?dim=4")["Cache-Control"] == "public, max-age=86400")
        let tag = try #require(first["ETag"])
        #expect(try get(target, ["If-None-Match": tag]).status == 304)

        // A file that is wrong leaves all as it was.
        try write("{")
        process.signal(SIGHUP)
        usleep(200_000)
        #expect(try get(target).text == first.text)

        try write(models("mine", base: 10_000))
        process.signal(SIGHUP)
        #expect(try becomes { try get("/models/mine").text.contains(#""base":10000"#) })
        for _ in 0..<20 {
            let second = try get(target, ["If-None-Match": tag])
            #expect(second.status == 200 && second.text.contains(#""inv_freq":[1,0.01]"#))
        }
        let body = #"{"model":"mine","x":[[1,0,0,0]],"offset":1}"#
        let rotated = try RawHTTPClient.once(port: port, "POST", "/rope/apply", body: body)
        #expect(rotated.text.contains(#""base":10000"#), "\(rotated.text)")

        try write(models("other", base: 100))
        process.signal(SIGHUP)
        #expect(try becomes { try get(target).status == 422 })
        #expect(try !get("/models").text.contains(#""mine""#))
        #expect(try get("/models/other").status == 200)
        try FileManager.default.removeItem(at: file)
        process.signal(SIGHUP)
        usleep(200_000)
        #expect(try get("/models/other").status == 200)

        process.signal(SIGTERM)
        #expect(process.exitCode() == 0)
        let errors = try process.rest().errors
        #expect(
            errors.contains("the models stay as they were") && errors.contains("there is no such file"), "\(errors)")
    }
}
