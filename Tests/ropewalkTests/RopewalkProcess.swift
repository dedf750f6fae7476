import Foundation
import TestSupport
import Testing

/// The real binary, as a user runs it. Ended when the test is over.
final class RopewalkProcess {
    /// Beside the tests, wherever they were built.
    static let binary = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "ropewalk")

    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    convenience init(_ arguments: [String], environment: [String: String] = [:]) throws {
        try self.init(Self.binary, arguments, environment: environment)
    }

    /// What a shell command becomes by `exec`.
    convenience init(shell command: String) throws {
        try self.init(URL(filePath: "/bin/bash"), ["-c", command], environment: ["PATH": "/usr/bin:/bin"])
    }

    private init(_ binary: URL, _ arguments: [String], environment: [String: String]) throws {
        process.executableURL = binary
        process.arguments = arguments
        process.environment = environment
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The first line on stdout, with which a service says that it listens.
    func announcement() throws -> String {
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) {
            if byte.isEmpty { break }
            line += byte
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// The port of the announcement.
    func port() throws -> Int {
        try #require(Int(announcement().split(separator: ":").last ?? ""))
    }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// The exit code; -1 where the process is still there after ten seconds, or a signal ended it.
    func exitCode() -> Int32 {
        for _ in 0..<2_000 where process.isRunning { usleep(5_000) }
        guard !process.isRunning, process.terminationReason == .exit else { return -1 }
        return process.terminationStatus
    }

    /// Whether it ends within ten seconds, by itself or by a signal.
    func ends() -> Bool {
        _ = exitCode()
        return !process.isRunning
    }

    /// All that it has said and not been asked for, once it has ended.
    func rest() throws -> (output: String, errors: String) {
        _ = exitCode()
        let text = { (pipe: Pipe) in
            String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        }
        return (try text(output), try text(errors))
    }
}
