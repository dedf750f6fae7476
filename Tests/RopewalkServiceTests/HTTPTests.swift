import Dispatch
import FoundationEssentials
import Glibc
import TestSupport
import Locking
import Synchronization
import Testing

@testable import RopewalkService

@Suite struct HTTPTests {
    private static let small = #"{"x":[[1,0]],"positions":[1]}"#

    @Test(arguments: [
        "/", "/livez", "/readyz", "/healthz", "/info", "/openapi.yaml", "/openapi.json", "/docs/errors", "/metrics",
    ])
    func `what stands beside the API ignores Accept, and HEAD is GET without its body`(_ path: String) throws {
        let service = try LiveService()
        let get = try service.get(path, headers: ["Accept": "image/png"])
        #expect(get.status == 200 && !get.body.isEmpty && get["X-Request-Id"] != nil)
        let head = try RawHTTPClient.once(port: service.port, "HEAD", path)
        #expect(head.status == 200 && head["Content-Type"] == get["Content-Type"] && head["Content-Length"] != "0")
        let options = try RawHTTPClient.once(port: service.port, "OPTIONS", path)
        #expect(options.status == 204 && options["Allow"] == "GET, HEAD, OPTIONS")
        let delete = try RawHTTPClient.once(port: service.port, "DELETE", path)
        #expect(
            try delete.status == 405 && delete["Allow"] == "GET, HEAD, OPTIONS"
                && ProblemDocument(delete).summary == "method-not-allowed")
    }

    @Test func `a path that does not exist is 404, an unknown method 405`() throws {
        let service = try LiveService()
        for path in ["/nothing", "/livez/", "/rope", "/livez%00"] {
            #expect(try ProblemDocument(service.get(path)).summary == "not-found", "\(path)")
        }
        #expect(try RawHTTPClient.once(port: service.port, "BREW", "/rope/apply").status == 405)
    }

    @Test(arguments: [
        ("application/json", 200), ("application/json; charset=UTF-8", 200), ("Application/JSON", 200),
        ("application/x-www-form-urlencoded", 200), ("application/json; charset=latin1", 415), ("text/plain", 415),
        ("application/x-npz", 415), ("application/json; charset=utf8", 200),
        ("application/json;charset=\"UTF-8\"", 200),
        ("application/json; charset=US-ASCII", 200), ("application/json; charset=ascii", 200),
        ("application/json; charset=iso-8859-1", 415), ("application/json; charset=utf-16", 415),
    ])
    func `a body is JSON by its type, or a form's that looks like it`(_ type: String, _ status: Int) throws {
        let response = try LiveService().post("/rope/apply", Self.small, headers: ["Content-Type": type])
        #expect(response.status == status)
        let formats = "application/json, application/x-npy, application/vnd.safetensors, application/octet-stream"
        if status == 415 { #expect(response["Accept"] == formats) }
    }

    @Test func `a body without a type is JSON where it begins like it`() throws {
        let service = try LiveService()
        #expect(try service.post("/rope/apply", " \n" + Self.small).status == 200)
        #expect(try service.post("/rope/apply", "x=1").status == 415)
        #expect(try service.post("/rope/apply", "").status == 415)
        #expect(try service.apply("").status == 400)
        #expect(try service.apply("[]").status == 422)
    }

    @Test func `a compressed body is refused`() throws {
        let response = try LiveService().post("/rope/apply", Self.small, headers: ["Content-Encoding": "gzip"])
        #expect(response.status == 415 && response["Accept-Encoding"] == "identity")
    }

    @Test(arguments: [
        ("*/*", 200), ("application/*", 200), ("application/json;q=0.1, text/html", 200), ("text/html", 406), ("", 200),
        ("*/*;q=0", 406), ("*/*;q=0, application/json", 200), ("application/problem+json", 406),
    ])
    func `an answer is JSON where Accept lets it be`(_ accept: String, _ status: Int) throws {
        let service = try LiveService()
        #expect(try service.post("/rope/apply", Self.small, headers: ["Accept": accept]).status == status)
        let frequencies = try service.get("/frequencies?dim=4", headers: ["Accept": accept])
        #expect(frequencies.status == status)
        #expect(frequencies["Content-Type"] == (status == 406 ? "application/problem+json" : "application/json"))
    }

    @Test func `where Accept rules out what an answer may be in, it is refused`() throws {
        let service = try LiveService()
        let headers = ["Accept": "application/json;q=0, */*"]
        let weighed = try service.post(
            "/attention", #"{"query":[[1]],"key":[[1]],"value":[[1]],"rotate":false,"return_weights":true}"#,
            headers: ["Accept": "application/x-npy"])
        #expect(try ProblemDocument(weighed).summary == "not-acceptable Accept")
        #expect(try service.get("/frequencies?dim=4", headers: headers)["Content-Type"] == "text/csv; charset=utf-8")
    }

    @Test func `bodies over the limit are refused and the refusal names it`() throws {
        let service = try LiveService { $0.limits.maxBodyBytes = 40 }
        #expect(try service.post("/rope/apply", Self.small).status == 200)
        let response = try service.post("/rope/apply", Self.small + String(repeating: " ", count: 40))
        #expect(response.status == 413 && response["Connection"] == "close")
        #expect(
            response.text.contains("--max-body-bytes") && response.text.contains("40") && response.text.contains("69"))
    }

    @Test func `an answer that could never be held is refused for good, one that cannot be held now for a while`()
        throws
    {
        let service = try LiveService { $0.limits.maxBufferedBytes = 10_000 }
        let tooLarge = try service.get("/frequencies?dim=1024")
        #expect(tooLarge.status == 413 && tooLarge.text.contains("--max-buffered-bytes"))
        let holder = try RawHTTPClient(port: service.port)
        let most = String(repeating: " ", count: 8_999)
        try holder.send("POST /rope/apply HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n\(most)")
        for _ in 0..<1_000 where service.service.statistics?.bufferedBytes != 8_999 { usleep(5_000) }
        let busy = try service.get("/frequencies?dim=4")
        #expect(busy.status == 503 && busy["Retry-After"] == "1" && busy.text.contains("--max-buffered-bytes"))
        holder.abort()
    }

    @Test func `a full queue is busy, and life goes on`() throws {
        let service = try LiveService {
            $0.limits.maxQueue = 0
            $0.computeThreads = 1
        }
        let row = "[" + Array(repeating: "0.5", count: 128).joined(separator: ",") + "]"
        let large = #"{"x":["# + Array(repeating: row, count: 512).joined(separator: ",") + "]}"
        let statuses = Locked<[Int]>([])
        // Sixteen at once want the one thread, each for many times what it takes to ask.
        let ended = inThreads(17) { client in
            let status = try? client == 0 ? service.get("/livez").status : service.apply(large).status
            statuses.withLock { $0.append(client == 0 ? -(status ?? 0) : status ?? 0) }
        }
        #expect(ended)
        #expect(Set(statuses.withLock { $0 }) == [-200, 200, 503])
    }

    @Test func `sixty-four clients with mixed sizes each get the answer that one alone gets`() throws {
        let service = try LiveService()
        let bodies = (0..<16).map { seed in
            let (rows, columns) = (1 + seed * 5 % 23, 2 * (1 + seed * 7 % 33))
            let x = (0..<rows).map { row in
                "[" + (0..<columns).map { "\((row * 31 + $0 * 17 + seed) % 100).25" }.joined(separator: ",") + "]"
            }
            return
                #"{"x":[\#(x.joined(separator: ","))],"layout":"\#(seed.isMultiple(of: 2) ? "half" : "interleaved")","base":\#(10 + seed)}"#
        }
        let expected = try bodies.map { try service.apply($0).body }
        let wrong = Atomic<Int>(0)
        let ended = inThreads(64) { client in
            do {
                let connection = try RawHTTPClient(port: service.port)
                for round in 0..<12 {
                    let choice = (client * 5 + round * 3) % bodies.count
                    let response = try connection.exchange("POST", "/rope/apply", body: bodies[choice])
                    if response.body != expected[choice] { wrong.add(1, ordering: .relaxed) }
                }
            } catch {
                wrong.add(1_000, ordering: .relaxed)
            }
        }
        #expect(ended)
        #expect(wrong.load(ordering: .relaxed) == 0)
        for _ in 0..<1_000 where service.service.statistics.map({ $0.retained + $0.connections }) != 0 { usleep(5_000) }
        let left = try #require(service.service.statistics)
        #expect((left.connections, left.inFlight, left.retained, left.bufferedBytes) == (0, 0, 0, 0))
    }

    @Test func `every kind of problem has its place on the page, to which its type leads`() throws {
        let service = try LiveService()
        let page = try service.get("/docs/errors").text
        for kind in ProblemKind.allCases { #expect(page.contains("id=\"\(kind.rawValue)\"")) }
        let problem = try ProblemDocument(service.apply(#"{"x":[[1,0,3]]}"#))
        #expect(problem.type == "/docs/errors#\(ProblemKind.oddDimension.rawValue)")
    }

    @Test func `what a client sent is not sent back to it whole`() throws {
        let service = try LiveService()
        let long = String(repeating: "a", count: 100_000)
        let many = (0..<5_000).map { #""k\#($0)":1"# }.joined(separator: ",")
        for body in [
            #"{"\#(long)":1}"#, #"{"\#(long)":1,"\#(long)":1}"#, "{\(many)}", #"{"x":[1,0],"layout":"\#(long)"}"#,
            #"{"x":{"shape":[\#(Array(repeating: "1", count: 5_000).joined(separator: ","))],"data":[1]}}"#,
        ] {
            let response = try service.apply(body)
            #expect([400, 422].contains(response.status) && response.body.count < 10_000, "\(response.body.count)")
        }
        let response = try service.get("/frequencies?\(String(long.prefix(10_000)))=1")
        #expect(response.status == 422 && response.body.count < 2_000)
    }

    @Test(arguments: [
        // Numbers and booleans are counted against the limit of an answer; what is neither is refused with its place.
        ("null", 70_000, 422, "wrong-type /x/0"), ("{}", 70_000, 422, "wrong-type /x/0"),
        ("[{}]", 70_000, 422, "wrong-type /x/0/0"), ("0e0", 2_000, 413, "answer-too-large /x"),
        ("true", 2_000, 413, "answer-too-large /x"), ("[0]", 2_000, 413, "answer-too-large /x"),
        ("0e0,null", 1_000, 413, "answer-too-large /x"),
        // Empty arrays hold nothing.
        ("[]", 70_000, 422, "empty-tensor /x"), ("null", 20_000, 422, "wrong-type /x/0"),
        ("\"aaaaaaaaaaaaaaaaaaaa\"", 20_000, 422, "wrong-type /x/0"),
    ])
    func `more values than any tensor needs are refused before they are decoded`(
        filler: String, count: Int, status: Int, summary: String
    ) throws {
        let service = try LiveService { $0.limits.maxAnswerElements = 990 }
        let response = try service.apply(
            #"{"x":["# + Array(repeating: filler, count: count).joined(separator: ",") + "]}")
        #expect(response.status == status, "\(response.text)")
        #expect(try ProblemDocument(response).summary == summary)
    }

    @Test func `announcing a body holds nothing`() throws {
        let service = try LiveService {
            $0.limits.maxBodyBytes = 1_000_000
            $0.limits.maxBufferedBytes = 2_000_000
        }
        let holders = try (0..<8).map { _ in try RawHTTPClient(port: service.port) }
        for holder in holders {
            try holder.send("POST /rope/apply HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{")
        }
        for _ in 0..<1_000 where service.service.statistics?.bufferedBytes != 8 { usleep(5_000) }
        #expect(service.service.statistics?.bufferedBytes == 8)
        #expect(try service.apply(Self.small).status == 200)
    }

    @Test func `every limit stands in info`() throws {
        let info = try LiveService { $0.limits.maxQueue = 7 }.get("/info").text
        let names = [
            "compute_threads", "drain_seconds", "idle_timeout", "max_answer_elements", "max_body_bytes",
            "max_buffered_bytes",
            "max_cache_bytes", "max_connections", "max_multiply_adds",
        ]
        for name in names { #expect(info.contains("\"\(name)\":")) }
        #expect(info.contains("\"max_queue\":7") && info.contains("\"version\":\"\(Version.current)\""))
    }

    @Test func `a service that stops is alive and not ready`() throws {
        let service = try LiveService { $0.drainSeconds = 5 }
        let client = try RawHTTPClient(port: service.port)
        #expect(try client.exchange("GET", "/readyz").status == 200)
        let uploading = try RawHTTPClient(port: service.port)
        try uploading.send("POST /rope/apply HTTP/1.1\r\nHost: a\r\nContent-Length: \(Self.small.utf8.count)\r\n\r\n{")
        for _ in 0..<1_000 where service.service.statistics?.inFlight != 1 { usleep(5_000) }
        let stopped = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            service.service.stop()
            stopped.signal()
        }
        for _ in 0..<1_000 where service.service.isReady { usleep(5_000) }
        let ready = try client.exchange("GET", "/readyz")
        #expect(ready.status == 503 && ready["Retry-After"] != nil && ready["Connection"] == "close")
        try uploading.send(String(Self.small.dropFirst()))
        #expect(try uploading.response().status == 200)
        #expect(stopped.wait(timeout: .now() + 10) == .success)
    }
}
