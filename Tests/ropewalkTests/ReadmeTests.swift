import Foundation
import Testing

/// The README is tested: its commands are run, its answers compared.
@Suite struct ReadmeTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A command of a `console` block and what stands below it.
    private struct Example {
        let command: String
        var answer: [String] = []
    }

    private func examples() throws -> [Example] {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        return readme.components(separatedBy: "```console\n").dropFirst().flatMap { block in
            var examples: [Example] = []
            for line in block.components(separatedBy: "\n```")[0].components(separatedBy: "\n") {
                if line.hasPrefix("$ ") {
                    examples.append(Example(command: String(line.dropFirst(2))))
                } else if !examples.isEmpty {
                    examples[examples.count - 1].answer.append(line)
                }
            }
            return examples
        }
    }

    /// What the README says to Python, in one session.
    private func session() throws -> String {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        return readme.components(separatedBy: "```pycon\n").dropFirst()
            .map { $0.components(separatedBy: "\n```")[0] + "\n\n" }.joined()
    }

    private func run(_ command: String, in folder: URL = root) throws -> (output: String, code: Int32) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }

    /// Whether a text is what is expected, where `…` stands for anything.
    private func matches(_ text: String, _ expected: String) -> Bool {
        var rest = text[...]
        let parts = expected.components(separatedBy: "…")
        for (number, part) in parts.enumerated() {
            if number == 0 {
                guard rest.hasPrefix(part) else { return false }
                rest = rest.dropFirst(part.count)
            } else if let found = rest.firstRange(of: part) {
                rest = rest[found.upperBound...]
            } else {
                return false
            }
        }
        return rest.isEmpty || parts.last == ""
    }

    @Test func `every curl, and what is said to Python, is answered as the README says`() throws {
        let service = try RopewalkProcess(["serve", "--port", "0"])
        let port = try service.port()
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "readme-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // The session saves the file that a curl sends.
        let session = try session().replacingOccurrences(of: "localhost:8080", with: "127.0.0.1:\(port)")
        #expect(session.matches(of: #/>>>/#).count >= 8)
        try session.write(to: folder.appending(path: "session.txt"), atomically: true, encoding: .utf8)
        let python = Self.root.appending(path: ".build/python/bin/python3").path
        let doctest = try run("timeout 60 '\(python)' -m doctest session.txt 2>&1", in: folder)
        #expect(doctest.code == 0, "make test installs numpy and safetensors into .build/python: \(doctest.output)")
        let curls = try examples().filter { $0.command.hasPrefix("curl ") }
        #expect(curls.count >= 7)
        for example in curls {
            let command = example.command
                .replacingOccurrences(of: "curl ", with: "curl --silent --max-time 10 ")
                .replacingOccurrences(of: "localhost:8080", with: "127.0.0.1:\(port)")
            let output = try run(command, in: folder).output
            // A table ends its last line, JSON has none.
            let answer = output.hasSuffix("\n") ? String(output.dropLast()) : output
            #expect(matches(answer, example.answer.joined(separator: "\n")), "\(example.command)\n\(answer)")
        }
    }

    @Test func `every make target of the README exists`() throws {
        let makes = try examples().map(\.command).filter { $0.hasPrefix("make ") }
        #expect(Set(makes) == ["make serve", "make test", "make lint"])
        for command in makes {
            #expect(try run("\(command) --dry-run").code == 0, "\(command)")
        }
    }

    @Test func `make serve ends in exec, so that signals reach the service`() throws {
        let lines = try run("make --no-print-directory serve --dry-run").output.split(separator: "\n")
        #expect(lines.last?.hasPrefix("exec ") == true)
        #expect(lines.contains { $0.contains("swift build -c release") })
    }

    @Test func `every flag of serve stands in the README`() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let help = try run("'\(RopewalkProcess.binary.path)' serve --help").output
        let flags = help.matches(of: #/--[a-z-]+ /#).map { $0.output.trimmingCharacters(in: .whitespaces) }
        #expect(flags.count >= 13)
        for flag in Set(flags) where flag != "--help" && flag != "--version" {
            #expect(readme.contains("`\(flag)`"), "\(flag)")
        }
    }

    @Test func `openapi.json is openapi.yaml, as make openapi writes it`() throws {
        let converter = RopewalkProcess.binary.deletingLastPathComponent().appending(path: "openapi-to-json").path
        let output = URL(filePath: NSTemporaryDirectory()).appending(path: "openapi-\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: output) }
        #expect(try run("'\(converter)' openapi.yaml '\(output.path)'").code == 0)
        let kept = Self.root.appending(path: "Sources/RopewalkService/Resources/openapi.json")
        #expect(try Data(contentsOf: output) == Data(contentsOf: kept), "run make openapi")
    }
}
