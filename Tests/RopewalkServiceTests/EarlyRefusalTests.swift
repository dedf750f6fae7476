import FoundationEssentials
import TestSupport
import Testing

@testable import RopewalkService

@Suite struct EarlyRefusalTests {
    /// Method, target, fields, and the problem that they are refused with before a body is read.
    private static let refused: [(method: String, target: String, fields: String, status: Int, kind: String)] = [
        ("POST", "/rope/aply", "", 404, "not-found"),
        ("POST", "/livez", "", 405, "method-not-allowed"),
        ("PUT", "/rope/apply", "", 405, "method-not-allowed"),
        ("POST", "/rope/apply", "Accept: image/png\r\n", 406, "not-acceptable"),
        ("POST", "/rope/apply", "Content-Type: image/png\r\n", 415, "unsupported-media-type"),
        (
            "POST", "/rope/apply", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", 415,
            "unsupported-encoding"
        ),
        ("POST", "/rope/apply?offset=1", "Content-Type: application/json\r\n", 422, ""),
    ]

    @Test(arguments: refused)
    func `a refusal by the head reaches a client that writes everything first`(
        method: String, target: String, fields: String, status: Int, kind: String
    ) throws {
        let service = try LiveService()
        let client = try RawHTTPClient(port: service.port)
        let length = 12 << 20
        try client.send("\(method) \(target) HTTP/1.1\r\nHost: a\r\n\(fields)Content-Length: \(length)\r\n\r\n")
        try client.send([UInt8](repeating: UInt8(ascii: "1"), count: length))
        let response = try client.response()
        let problem = try ProblemDocument(response)
        #expect(response.status == status && problem.status == status)
        #expect(problem.type.hasSuffix(kind))
        #expect(response["Connection"] == "close")
        #expect(client.isClosedByServer())
    }

    @Test func `OPTIONS with a large body is answered, without a body`() throws {
        let service = try LiveService()
        let client = try RawHTTPClient(port: service.port)
        let length = 12 << 20
        try client.send("OPTIONS /rope/apply HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
        try client.send([UInt8](repeating: UInt8(ascii: "1"), count: length))
        let response = try client.response()
        #expect(response.status == 204 && response["Allow"] == "OPTIONS, POST" && response["Content-Length"] == nil)
    }
}
