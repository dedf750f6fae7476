import Glibc
import FoundationEssentials
import MicroHTTP
import TestSupport
import Testing

@testable import RopewalkService

@Suite struct AnswerCacheTests {
    private static let targets = [
        "/frequencies?dim=8", "/frequencies?dim=8&format=csv", "/frequencies?format=text&dim=8",
        "/frequencies?dim=8&positions=0:3", "/frequencies?dim=8&format=npy", "/frequencies?dim=8&format=safetensors",
        "/frequencies?dim=8&rope_type=linear&factor=2",
    ]

    private func key(_ query: String, accept: String? = nil) -> AnswerCache.Key {
        AnswerCache.Key(
            HTTPRequest(
                id: "", method: "GET", target: RequestTarget("/frequencies?" + query),
                headers: accept.map { ["Accept": $0] } ?? [:]))
    }

    private func response(_ count: Int) -> HTTPResponse { HTTPResponse(status: 200, body: Data(count: count)) }

    @Test(arguments: targets) func `a kept answer is the answer as it is made`(_ target: String) throws {
        let (service, other) = (Service(.init(), logger: .silent), Service(.init(), logger: .silent))
        let first = answering("GET", target, by: service)
        let again = answering("GET", target, by: service)
        let made = answering("GET", target, by: other)
        #expect(service.answers.statistics.hits == 1 && other.answers.statistics.hits == 0)
        for response in [first, again] {
            #expect(response.status == 200 && response.body == made.body)
            #expect(response.headers.fields.map(\.name) == made.headers.fields.map(\.name))
            #expect(response.headers.fields.map(\.value) == made.headers.fields.map(\.value))
        }
        #expect(again.reservation != nil && again.phases[.compute] == nil)
    }

    @Test func `what Accept takes is told apart, and HEAD and 304 are answered from what is kept`() throws {
        let service = try LiveService()
        let csv = ["Accept": "text/csv"]
        let tag = try service.get("/frequencies?dim=4", headers: csv)["ETag"] ?? ""
        #expect(try service.get("/frequencies?dim=4")["Content-Type"] == "application/json")
        #expect(try service.get("/frequencies?dim=4", headers: csv)["ETag"] == tag)
        let known = try service.get("/frequencies?dim=4", headers: csv.merging(["If-None-Match": tag]) { $1 })
        #expect(known.status == 304 && known.body.isEmpty)
        let head = try RawHTTPClient.once(port: service.port, "HEAD", "/frequencies?dim=4", headers: csv)
        #expect(head.status == 200 && head["ETag"] == tag)
        #expect(service.service.answers.statistics.hits == 3 && service.service.answers.statistics.entries == 2)
    }

    @Test func `problems are not kept`() {
        let service = Service(.init(), logger: .silent)
        for _ in 0..<2 { #expect(answering("GET", "/frequencies?dim=3", by: service).status == 422) }
        #expect(service.answers.statistics == .init(misses: 2))
    }

    @Test func `it stays within its bytes, and keeps what is asked for`() throws {
        let cache = AnswerCache(maxBytes: 100_000)
        cache.keep(response(1_000), for: key("asked"))
        for number in 0..<1_000 {
            cache.keep(response(1_000), for: key("\(number)"))
            #expect(cache.answer(for: key("asked")) != nil)
            let now = cache.statistics
            #expect(now.bytes <= cache.maxBytes && now.entries <= 100_000 / 2_000)
        }
        let end = cache.statistics
        #expect(end.evictions == 1_001 - end.entries && end.hits == 1_000 && end.misses == 0)
        #expect(cache.answer(for: key("0")) == nil)
    }

    @Test func `an answer that would take more than a quarter is not kept, nor any where there is no room`() {
        let cache = AnswerCache(maxBytes: 100_000)
        cache.keep(response(25_000), for: key("large"))
        cache.keep(response(20_000), for: key("small"))
        #expect(cache.answer(for: key("large")) == nil && cache.answer(for: key("small")) != nil)
        let none = AnswerCache(maxBytes: 0)
        none.keep(response(0), for: key(""))
        #expect(none.statistics.entries == 0)
    }

    @Test func `of two answers to one question the first is kept, without what was of its request`() {
        let cache = AnswerCache(maxBytes: 100_000)
        var first = response(1)
        first.phases[.compute] = 1
        first.reservation = ByteBudget(limit: 1).reserve(1)
        cache.keep(first, for: key("a"))
        cache.keep(response(2), for: key("a"))
        let kept = cache.answer(for: key("a"))
        #expect(kept?.body.count == 1 && kept?.phases[.compute] == nil && kept?.reservation == nil)
        #expect(cache.answer(for: key("a", accept: "text/csv")) == nil)
    }

    @Test func `threads share it`() {
        let cache = AnswerCache(maxBytes: 20_000)
        let isOver = inThreads(4) { thread in
            for number in 0..<2_000 {
                let name = (number * (thread + 1)) % 16
                if let answer = cache.answer(for: key("\(name)")) {
                    #expect(answer.body.count == name)
                } else {
                    cache.keep(response(name), for: key("\(name)"))
                }
            }
        }
        let end = cache.statistics
        #expect(isOver && end.hits + end.misses == 8_000 && end.bytes <= cache.maxBytes && end.entries > 0)
    }

    @Test func `where the budget is full, a kept answer is refused as any is`() throws {
        let service = try LiveService { $0.limits.maxBufferedBytes = 20_000 }
        #expect(try service.get("/frequencies?dim=8").status == 200)
        // What the first answer held is given back when libmicrohttpd says that it has left, which the client may know before.
        for _ in 0..<2_000 where service.service.budget.used > 0 { usleep(1_000) }
        let held = try #require(service.service.budget.reserve(20_000))
        #expect(try service.get("/frequencies?dim=8").status == 503)
        withExtendedLifetime(held) {}
    }

    @Test func `info and metrics show it`() throws {
        let service = try LiveService()
        for _ in 0..<3 { _ = try service.get("/frequencies?dim=8") }
        let now = service.service.answers.statistics
        #expect(now.hits == 2 && now.misses == 1 && now.entries == 1 && now.bytes > 0)
        let info = try service.get("/info").text
        #expect(
            info.contains(#""answer_cache":{"bytes":\#(now.bytes),"entries":1,"evictions":0,"hits":2,"misses":1}"#))
        let page = try service.metrics()
        for (name, value) in [
            ("entries", 1), ("bytes", now.bytes), ("hits_total", 2), ("misses_total", 1), ("evictions_total", 0),
        ] {
            #expect(page.value("ropewalk_answer_cache_\(name)") == Double(value), "\(name)")
        }
    }
}
