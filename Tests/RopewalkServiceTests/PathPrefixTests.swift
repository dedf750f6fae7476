import FoundationEssentials
import MicroHTTP
import TestSupport
import Testing

@testable import RopewalkService

@Suite struct PathPrefixTests {
    @Test(arguments: [
        ("/p", "/p"), ("/p/", "/p"), ("/a/b-c/d_e.f~1", "/a/b-c/d_e.f~1"),
        ("/" + String(repeating: "a", count: 255), "/" + String(repeating: "a", count: 255)),
    ])
    func `a path of plain segments is a prefix`(_ value: String, _ path: String) {
        #expect(PathPrefix(["X-Forwarded-Prefix": value])?.path == path)
        #expect(PathPrefix(["x-forwarded-prefix": value])?.path == path)
    }

    @Test(arguments: [
        "", "/", "p", "//evil.example", "/a//b", "/..", "/a/../b", "/./a", "/a/.", "/a, /b", "/a b", "/a?b", "/a#b",
        "/%2e",
        "/a\"", "/a\\", "/ä", "http://evil.example/", "/a:b", "/<p>", "/" + String(repeating: "a", count: 256),
    ])
    func `any other value is ignored`(_ value: String) {
        #expect(PathPrefix(["X-Forwarded-Prefix": value]) == nil)
    }

    @Test func `of several fields none counts`() {
        #expect(PathPrefix(["X-Forwarded-Prefix": "/a", "X-forwarded-prefix": "/a"]) == nil)
        #expect(PathPrefix([:]) == nil)
    }

    private static let prefixed = ["X-Forwarded-Prefix": "/svc/rope"]

    @Test(arguments: [
        ("GET", "/nothing", "not-found"), ("DELETE", "/livez", "method-not-allowed"),
        ("POST", "/rope/apply", "unsupported-media-type"), ("GET", "/frequencies?dim=3", "odd-dimension"),
    ])
    func `the type of a problem leads through the proxy`(_ method: String, _ target: String, _ kind: String) throws {
        let service = try LiveService()
        let behind = try RawHTTPClient.once(port: service.port, method, target, headers: Self.prefixed)
        #expect(try ProblemDocument(behind).type == "/svc/rope/docs/errors#\(kind)")
        #expect(behind["Vary"] == "X-Forwarded-Prefix")
        for headers in [[:], ["X-Forwarded-Prefix": "//evil"]] {
            let direct = try RawHTTPClient.once(port: service.port, method, target, headers: headers)
            #expect(try ProblemDocument(direct).type == "/docs/errors#\(kind)")
            #expect(direct["Vary"] == nil)
        }
    }

    @Test func `what the server itself refuses has the prefix too`() throws {
        let service = try LiveService { $0.limits.maxBodyBytes = 3 }
        let refused = try service.post("/rope/apply", #"{"x":[1,0]}"#, headers: Self.prefixed)
        #expect(try ProblemDocument(refused).type == "/svc/rope/docs/errors#body-too-large")
    }

    @Test func `the links of the front page have the prefix`() throws {
        let service = try LiveService()
        let (direct, behind) = (try service.get("/"), try service.get("/", headers: Self.prefixed))
        #expect(
            behind.text == direct.text.replacing(" /", with: " /svc/rope/").replacing("8080/", with: "8080/svc/rope/"))
        #expect(behind.text.contains(" /svc/rope/rope/apply\n") && direct.text.contains(" /rope/apply\n"))
        #expect(direct["Vary"] == "X-Forwarded-Prefix" && behind["Vary"] == "X-Forwarded-Prefix")
    }

    @Test(arguments: ["/openapi.yaml", "/openapi.json"])
    func `the server of openapi is where the document is, or below the prefix`(_ path: String) throws {
        let service = try LiveService()
        let (direct, behind) = (try service.get(path).text, try service.get(path, headers: Self.prefixed).text)
        let server = path.hasSuffix("yaml") ? OpenAPI.yamlServer : OpenAPI.jsonServer
        #expect(direct.ranges(of: server).count == 1)
        let expected = server.replacing(".", with: "/svc/rope")
        #expect(behind == direct.replacing(server, with: expected) && behind != direct)
        #expect(try service.get(path).text == direct)
    }

    @Test func `what the cache of frequencies keeps does not depend on a prefix`() throws {
        let service = try LiveService()
        let first = try service.get("/frequencies?dim=4", headers: Self.prefixed)
        let second = try service.get("/frequencies?dim=4")
        #expect(first.status == 200 && first.body == second.body && first["ETag"] == second["ETag"])
        #expect(!first.text.contains("svc") && !(first["Vary"] ?? "").contains("Prefix"))
        #expect(
            try ProblemDocument(service.get("/frequencies?dim=3", headers: Self.prefixed)).type.hasPrefix("/svc/rope/"))
        #expect(try ProblemDocument(service.get("/frequencies?dim=3")).type.hasPrefix("/docs/"))
    }
}
