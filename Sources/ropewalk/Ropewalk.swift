import ArgumentParser
import FoundationEssentials
import Glibc
import RopewalkService

/// The command line.
@main
struct Ropewalk: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ropewalk",
        abstract: "Rotary position embedding (RoPE) over HTTP.",
        version: Version.current,
        subcommands: [Serve.self, HealthCheck.self]
    )

    static func main() {
        // First of all, so that no signal is lost and every thread starts with it blocked.
        ServiceSignals.block()
        // A peer or a log reader that goes away is an error of one write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if !(command is Serve) { ServiceSignals.unblock() }
            try command.run()
        } catch let failure as Failure {
            complain(failure.description)
            Glibc.exit(failure.code)
        } catch  where exitCode(for: error) == .success {
            exit(withError: error)
        } catch {
            // Usage would follow the message; one line says enough.
            complain(message(for: error))
            Glibc.exit(EX_USAGE)
        }
    }

    private static func complain(_ line: String) {
        let bytes = Array("ropewalk: \(line)\n".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Why the process ends: one line, and an exit code.
struct Failure: Error, CustomStringConvertible {
    let description: String
    let code: Int32
}
