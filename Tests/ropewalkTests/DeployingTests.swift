import Foundation
import TestSupport
import Testing

/// What the README's chapter on deploying shows.
@Suite struct DeployingTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let nginx = "/usr/sbin/nginx"

    private func readme() throws -> String {
        try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    }

    /// Runs a program to its end, and answers what it says on both streams.
    private func run(_ program: String, _ arguments: String...) throws -> (output: String, code: Int32) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }

    // MARK: Metrics

    @Test func `the table of metrics has each metric with its type, and no other`() throws {
        let service = try RopewalkProcess(["serve", "--port", "0"])
        let page = try RawHTTPClient.once(port: service.port(), "GET", "/metrics").text
        let types = page.matches(of: #/# TYPE (\S+) (\S+)/#).map { "`\($0.output.1)` | \($0.output.2)" }
        let rows = try readme().matches(of: #/\n\| (`[a-z_]+` \| (?:gauge|counter|histogram)) \|/#).map {
            String($0.output.1)
        }
        #expect(types.count > 15)
        for type in types { #expect(rows.contains(type), "README has no row for \(type)") }
        for row in rows { #expect(types.contains(row), "/metrics has no \(row)") }
    }

    @Test func `the alerts ask for metrics that there are`() throws {
        let service = try RopewalkProcess(["serve", "--port", "0"])
        let page = try RawHTTPClient.once(port: service.port(), "GET", "/metrics").text
        let rules =
            try readme().components(separatedBy: "```yaml\ngroups:").last?.components(separatedBy: "\n```")[0] ?? ""
        let names = rules.matches(of: #/(?:ropewalk|http|process)_[a-z_]+/#).map { String($0.output) }
        #expect(names.count >= 5)
        for name in names {
            let isThere =
                page.contains("\n\(name)")
                || page.contains("# TYPE \(name.replacing(#/_(bucket|count)$/#, with: "")) histogram")
            #expect(isThere, "\(name)")
        }
    }

    @Test func `the changelog has the version, and the image in the README is of it`() throws {
        let version = try run(RopewalkProcess.binary.path, "--version").output.trimmingCharacters(in: .newlines)
        let changelog = try String(contentsOf: Self.root.appending(path: "CHANGELOG.md"), encoding: .utf8)
        #expect(!version.isEmpty && changelog.contains("\n## [\(version)]"))
        #expect(changelog.contains("\n## [Unreleased]\n"))
        #expect(try readme().contains("image: ropewalk:\(version)\n"))
    }

    // MARK: nginx

    /// nginx with the README's configuration on a free port, ended with this object.
    private final class Nginx {
        let port: Int
        let folder: URL
        private let process = Process()

        init(_ sample: String, upstream: Int, run: (String, String...) throws -> (output: String, code: Int32)) throws {
            folder = URL(filePath: NSTemporaryDirectory()).appending(path: "nginx-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let (certificate, key) = (folder.appending(path: "c.pem").path, folder.appending(path: "c.key").path)
            let made = try run(
                "/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
                "/CN=rope.example", "-keyout", key, "-out", certificate)
            try #require(made.code == 0, "\(made.output)")
            port = try Self.freePort()
            let server =
                sample
                .replacing("127.0.0.1:8080", with: "127.0.0.1:\(upstream)")
                .replacing("listen 443 ssl", with: "listen 127.0.0.1:\(port) ssl")
                .replacing("/etc/nginx/rope.example.pem", with: certificate)
                .replacing("/etc/nginx/rope.example.key", with: key)
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: "\n")
            let configuration = """
                daemon off;
                master_process off;
                pid \(folder.path)/pid;
                error_log \(folder.path)/error.log;
                events {}
                http {
                access_log off;
                \(temporary)
                \(server)
                }
                """
            let file = folder.appending(path: "nginx.conf")
            try configuration.write(to: file, atomically: true, encoding: .utf8)
            let checked = try run(DeployingTests.nginx, "-t", "-e", "\(folder.path)/error.log", "-c", file.path)
            try #require(checked.code == 0, "\(checked.output)")
            process.executableURL = URL(filePath: DeployingTests.nginx)
            process.arguments = ["-e", "\(folder.path)/error.log", "-c", file.path]
            process.standardError = FileHandle.nullDevice
            try process.run()
            for _ in 0..<1_000 where (try? RawHTTPClient(port: port)) == nil { usleep(5_000) }
        }

        deinit {
            // It inherits blocked signals from the test's thread, and SIGTERM is one of them.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try? FileManager.default.removeItem(at: folder)
        }

        private static func freePort() throws -> Int {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
                }
            }
            try #require(result == 0)
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: nginx), "nginx is missing: scripts/deps packages-test.txt")
    )
    func `the README's nginx serves the service below its prefix, by TLS`() throws {
        let service = try RopewalkProcess(["serve", "--port", "0"])
        let sample = try #require(try readme().components(separatedBy: "```nginx\n").dropFirst().first)
            .components(separatedBy: "\n```")[0]
        let nginx = try Nginx(sample, upstream: service.port(), run: run)
        let url = "https://127.0.0.1:\(nginx.port)/rope-service"
        func curl(_ arguments: String...) throws -> String {
            let command = (["curl", "--silent", "--insecure", "--max-time", "20"] + arguments)
                .map { "'\($0)'" }.joined(separator: " ")
            return try run("/bin/bash", "-c", command).output
        }
        #expect(
            try curl("-d", #"{"x":[1,0],"positions":1}"#, "\(url)/rope/apply").contains(#""y":[0.5403023,0.84147096]"#))
        #expect(try curl("\(url)/frequencies?dim=3").contains(#""type":"/rope-service/docs/errors#odd-dimension""#))
        #expect(try curl("\(url)/docs/errors").contains(#"id="odd-dimension""#))
        #expect(try curl("\(url)/").contains(" /rope-service/rope/apply\n"))
        #expect(try curl("\(url)/openapi.yaml").contains("\nservers:\n  - url: /rope-service\n"))
        // A body larger than nginx's own default of 1 MiB.
        let body = nginx.folder.appending(path: "body.json")
        let rows = Array(repeating: "[0.5,0.5]", count: 150_000).joined(separator: ",")
        try "{\"x\":[\(rows)]}".write(to: body, atomically: true, encoding: .utf8)
        let large = try curl(
            "--data-binary", "@\(body.path)", "--output", "/dev/null", "--write-out", "%{http_code}",
            "\(url)/rope/apply")
        #expect(large == "200")
    }
}
