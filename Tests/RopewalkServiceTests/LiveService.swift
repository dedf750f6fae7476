import FoundationEssentials
import Glibc
import Logging
import TestSupport
import RopewalkService

/// The service on a free port of 127.0.0.1, stopped when the test is over.
final class LiveService: Sendable {
    let service: Service
    let port: Int

    init(_ change: (inout Service.Configuration) -> Void = { _ in }) throws {
        var configuration = Service.Configuration()
        configuration.port = 0
        configuration.computeThreads = 2
        configuration.drainSeconds = 0
        change(&configuration)
        service = Service(configuration, logger: .silent)
        port = try service.start()
    }

    deinit {
        service.stop()
    }

    func get(_ target: String, headers: [String: String] = [:]) throws -> RawHTTPResponse {
        try RawHTTPClient.once(port: port, "GET", target, headers: headers)
    }

    func post(_ target: String, _ body: String, headers: [String: String] = [:]) throws -> RawHTTPResponse {
        try RawHTTPClient.once(port: port, "POST", target, headers: headers, body: body)
    }

    func apply(_ body: String) throws -> RawHTTPResponse {
        try post("/rope/apply", body, headers: ["Content-Type": "application/json"])
    }
}

/// What a problem document says, as far as tests ask.
struct ProblemDocument: Decodable {
    struct Entry: Decodable {
        let detail: String
        let pointer: String?
        let parameter: String?
        let header: String?
        let index: [Int]?
        let tensor: String?
    }

    let detail: String
    let errors: [Entry]?
    let instance: String
    let status: Int
    let title: String
    let type: String

    init(_ response: RawHTTPResponse) throws {
        self = try Self(Data(response.body))
    }

    init(_ body: Data) throws {
        self = try JSONDecoder().decode(Self.self, from: body)
    }

    /// The anchor of its type and its first place, as in `odd-dimension /x`.
    var summary: String {
        let entry = errors?.first
        let place = entry?.pointer ?? entry?.parameter ?? entry?.header ?? entry?.tensor
        let index = entry?.index.map { "\($0)" }
        return [String(type.trimmingPrefix("/docs/errors#")), place, index].compactMap { $0 }.joined(separator: " ")
    }
}

extension RawHTTPResponse {
    /// The body, for who reads it as JSON.
    var json: Data { Data(body) }
}
