import ArgumentParser
import FoundationEssentials
import Glibc
import MicroHTTP

/// `ropewalk healthcheck`: exit code 0 when the service answers that it is ready.
struct HealthCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck", abstract: "Exit with 0 when a running service is ready.")

    @Option(help: "What to ask. (default: http://127.0.0.1:8080/readyz, its host and port as in serve)")
    var url: String?

    func run() throws {
        let url = try url ?? standardURL(ProcessInfo.processInfo.environment)
        guard let probe = HTTPProbe(url: url, standardPath: "/readyz") else {
            throw Failure(description: "--url must be http://host:port/path; it is \"\(url)\"", code: EX_USAGE)
        }
        switch Result(catching: { try probe.status(timeoutSeconds: 3) }) {
        case .success(200): return
        case .success(let status): throw Failure(description: "\(url) answers \(status)", code: EXIT_FAILURE)
        case .failure(let error): throw Failure(description: "\(url): \(error)", code: EXIT_FAILURE)
        }
    }

    /// Where a service can be asked that listens on every address.
    private static let loopbacks = ["0.0.0.0": "127.0.0.1", "::": "::1"]

    private func standardURL(_ environment: [String: String]) throws -> String {
        let port = try Setting(flag: "port", given: nil, environment: environment).integer(
            in: 0...65_535, default: 8080)
        let host = Setting(flag: "host", given: nil, environment: environment).string(default: "127.0.0.1")
        return "http://\((Self.loopbacks[host] ?? host).bracketed):\(port)/readyz"
    }
}
