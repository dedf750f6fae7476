import Dispatch
import FoundationEssentials
import TestSupport
import Testing

@testable import MicroHTTP
@testable import RopewalkService

@Suite struct MetricsTests {
    @Test func `the page has these metrics, of these types`() throws {
        let page = try MetricsText(String(decoding: answering("GET", "/metrics").body, as: UTF8.self))
        let types = Dictionary(uniqueKeysWithValues: page.metrics.map { ($0.name, $0.type) })
        #expect(
            types == [
                "http_server_request_duration_seconds": "histogram", "http_server_active_requests": "gauge",
                "ropewalk_queue_depth": "gauge", "ropewalk_queue_wait_seconds": "histogram",
                "ropewalk_buffered_bytes": "gauge", "ropewalk_rejected_requests_total": "counter",
                "ropewalk_cache_entries": "gauge", "ropewalk_cache_bytes": "gauge",
                "ropewalk_cache_hits_total": "counter", "ropewalk_cache_misses_total": "counter",
                "ropewalk_cache_evictions_total": "counter", "ropewalk_build_info": "gauge",
                "ropewalk_answer_cache_entries": "gauge", "ropewalk_answer_cache_bytes": "gauge",
                "ropewalk_answer_cache_hits_total": "counter", "ropewalk_answer_cache_misses_total": "counter",
                "ropewalk_answer_cache_evictions_total": "counter",
                "ropewalk_answer_body_bytes_total": "counter", "ropewalk_incomplete_answers_total": "counter",
                "ropewalk_connections": "gauge", "ropewalk_connections_limit": "gauge",
                "ropewalk_idle_connections_closed_total": "counter", "ropewalk_lingering_connections": "gauge",
                "process_cpu_seconds_total": "counter", "process_start_time_seconds": "gauge",
                "process_resident_memory_bytes": "gauge", "process_open_fds": "gauge",
            ])
    }

    @Test func `the page is in the format that it says`() throws {
        let service = try LiveService()
        for target in ["/livez", "/nothing", "/frequencies?dim=3", "/frequencies?dim=4"] { _ = try service.get(target) }
        let response = try service.get("/metrics")
        #expect(response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(response.body.last == UInt8(ascii: "\n"))
        let page = try MetricsText(response.text)
        for metric in page.metrics {
            #expect((metric.type == "counter") == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.help.hasSuffix(".") && !metric.help.contains("\\"), "\(metric.help)")
            let series = metric.samples.map { "\($0.name) \($0.labels.sorted { $0.key < $1.key })" }
            #expect(Set(series).count == series.count, "\(metric.name)")
            #expect(metric.samples.allSatisfy { $0.value >= 0 }, "\(metric.name)")
        }
    }

    @Test func `requests are counted by method, route and status`() throws {
        let service = try LiveService()
        for _ in 0..<3 { _ = try service.get("/livez") }
        for method in ["HEAD", "OPTIONS", "DELETE", "BREW", "livez", "G?T"] {
            _ = try RawHTTPClient.once(port: service.port, method, "/livez?a=b")
        }
        for target in ["/nothing", "/nothing/else", "/livez%00"] { _ = try service.get(target) }
        for x in ["[1,0]", "[1,0,3]", "[[1,0]]"] { _ = try service.apply("{\"x\":\(x)}") }
        let expected: [(String, String, String, Double)] = [
            ("GET", "/livez", "200", 3), ("HEAD", "/livez", "200", 1), ("OPTIONS", "/livez", "204", 1),
            ("DELETE", "/livez", "405", 1), ("_OTHER", "/livez", "405", 2), ("_OTHER", "/livez", "400", 1),
            ("GET", "", "404", 3),
            ("POST", "/rope/apply", "200", 2), ("POST", "/rope/apply", "422", 1),
        ]
        let page = try service.metrics { page in expected.allSatisfy { page.requests($0.0, $0.1, $0.2) == $0.3 } }
        for (method, route, status, count) in expected {
            #expect(page.requests(method, route, status) == count, "\(method) \(route) \(status)")
        }
        let others = page["http_server_request_duration_seconds"]?.buckets.count {
            $0[0].labels["http_route"] != "/metrics"
        }
        #expect(others == expected.count)
    }

    @Test func `a request that its client has left has a route and no status`() throws {
        let service = try LiveService()
        let client = try RawHTTPClient(port: service.port)
        try client.send("POST /rope/apply HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
        _ = try service.metrics { $0.value("ropewalk_buffered_bytes") == 1 }
        client.abort()
        let page = try service.metrics { $0.requests("POST", "/rope/apply", "") == 1 }
        #expect(page.requests("POST", "/rope/apply", "") == 1)
    }

    @Test func `buckets rise to the count`() throws {
        let service = try LiveService()
        for target in ["/livez", "/frequencies?dim=4", "/frequencies?dim=4000"] { _ = try service.get(target) }
        let page = try service.metrics { $0.value("ropewalk_queue_wait_seconds_count") == 1 }
        let histograms = page.metrics.filter { $0.type == "histogram" }
        try #require(histograms.count == 2)
        for metric in histograms {
            try #require(!metric.buckets.isEmpty)
            for buckets in metric.buckets {
                let bounds = buckets.compactMap { $0.labels["le"].flatMap(Double.init) }
                #expect(bounds == Histogram.bounds + [.infinity] && bounds == bounds.sorted())
                let counts = buckets.map(\.value)
                #expect(counts == counts.sorted())
                let series = buckets[0].labels.filter { $0.key != "le" }
                let count = metric.samples.first { $0.name == metric.name + "_count" && $0.labels == series }
                let sum = metric.samples.first { $0.name == metric.name + "_sum" && $0.labels == series }
                #expect(count?.value == counts.last && counts.last ?? 0 > 0)
                #expect(sum?.value ?? 0 > 0)
            }
        }
    }

    @Test func `refusals are counted by their kind`() throws {
        let service = try LiveService { $0.limits.maxBodyBytes = 100 }
        for _ in 0..<2 { _ = try service.apply("{\"x\":[1,0,3]}") }
        _ = try service.apply(String(repeating: " ", count: 101))
        _ = try service.get("/nothing")
        let expected = ["odd-dimension": 2.0, "body-too-large": 1, "not-found": 1]
        let name = "ropewalk_rejected_requests_total"
        let page = try service.metrics { page in
            expected.allSatisfy { page.value(name, ["reason": $0.key]) == $0.value }
        }
        let found = (page[name]?.samples ?? []).map { ($0.labels["reason"] ?? "", $0.value) }
        #expect(found.map(\.0) == ProblemKind.allCases.map(\.rawValue))
        #expect(Dictionary(found.filter { $0.1 > 0 }) { $0 + $1 } == expected)
    }

    @Test func `what is held, waits and is in flight now is shown while every compute thread is busy`() throws {
        let service = try LiveService { $0.computeThreads = 1 }
        let gate = DispatchSemaphore(value: 0)
        #expect(service.service.compute.submit(Cancellation()) { _ = gate.wait(timeout: .now() + patience) })
        let body = "{\"x\":[" + Array(repeating: "[1,0]", count: 20_000).joined(separator: ",") + "]}"
        let client = try RawHTTPClient(port: service.port)
        try client.send("POST /rope/apply HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let busy = try service.metrics { $0.value("ropewalk_queue_depth") == 1 }
        #expect(busy.value("ropewalk_queue_depth") == 1)
        #expect(busy.value("ropewalk_buffered_bytes") == Double(body.utf8.count))
        // The request that waits, and the one that asks.
        #expect(busy.value("http_server_active_requests") == 2)
        #expect(busy.value("ropewalk_queue_wait_seconds_count") == 0)
        gate.signal()
        #expect(try client.response().status == 200)
        let expected = [
            "ropewalk_queue_wait_seconds_count": 1.0, "ropewalk_queue_depth": 0, "ropewalk_buffered_bytes": 0,
            "http_server_active_requests": 1,
        ]
        let idle = try service.metrics { page in expected.allSatisfy { page.value($0.key) == $0.value } }
        for (name, value) in expected { #expect(idle.value(name) == value, "\(name)") }
    }

    @Test func `connections are shown, and idle ones make room for who asks`() throws {
        let service = try LiveService { $0.limits.maxConnections = 3 }
        let idle = try (0..<3).map { _ in try RawHTTPClient(port: service.port) }
        for client in idle { #expect(try client.exchange("GET", "/livez").status == 200) }
        let page = try service.metrics()
        #expect(page.value("ropewalk_connections_limit") == 3)
        #expect((1...3).contains(page.value("ropewalk_connections") ?? 0))
        #expect(page.value("ropewalk_idle_connections_closed_total") == 1)
        #expect(page.value("ropewalk_lingering_connections") == 0)
        #expect(idle[0].isClosedByServer())
    }

    @Test func `what was sent of answers is counted, and answers that were not sent to their end`() {
        let metrics = Metrics()
        for (status, bytes, isComplete) in [(200, 10, true), (200, 5, false), (0, 0, false)] {
            metrics.count(
                HTTPRecord(
                    id: "", method: "GET", route: "/livez", status: status, refusalReason: nil, bytesReceived: 0,
                    bytesSent: bytes, seconds: 0, phases: PhaseTimes(), isComplete: isComplete))
        }
        #expect(metrics.answers.bytes == 15 && metrics.answers.incomplete == 1)
    }

    @Test func `the cache is shown as it is`() throws {
        let service = try LiveService { $0.limits.maxCacheBytes = 4_000 }
        for base in 0..<20 { _ = try service.get("/frequencies?dim=64&base=\(10 + base / 2)") }
        let page = try service.metrics()
        let cache = service.service.engine.cache.statistics
        #expect(cache.hits >= 10 && cache.misses == 10 && cache.evictions > 0 && cache.entries > 0)
        for (name, value) in [
            ("entries", cache.entries), ("bytes", cache.bytes), ("hits_total", cache.hits),
            ("misses_total", cache.misses), ("evictions_total", cache.evictions),
        ] {
            #expect(page.value("ropewalk_cache_\(name)") == Double(value), "\(name)")
        }
    }

    @Test func `the process and its version are shown`() throws {
        let service = try LiveService()
        let page = try service.metrics()
        #expect(page.value("ropewalk_build_info", ["version": Version.current]) == 1)
        let started = try #require(page.value("process_start_time_seconds"))
        let age = Date.now.timeIntervalSince1970 - started
        #expect(age >= 0 && age < 60)
        // A Swift process has more than a megabyte; a terabyte would be a mistake of units.
        #expect(((1 << 20)...(1 << 40)).contains(Int(page.value("process_resident_memory_bytes") ?? 0)))
        #expect(page.value("process_open_fds") ?? 0 >= 3)
        let cpu = try #require(page.value("process_cpu_seconds_total"))
        #expect(cpu > 0)
        #expect(try service.metrics().value("process_cpu_seconds_total") ?? 0 > cpu)
    }

    @Test func `a bound is in its bucket, and what is over the last is in none of them`() {
        var histogram = Histogram()
        for seconds in [0, 0.0001, 0.0001.nextUp, 0.3, 10, 10.5] { histogram.observe(seconds) }
        let expected = [0: 2, 1: 1, 11: 1, 12: 0, 15: 1, 16: 1]
        for (bucket, count) in expected { #expect(histogram.counts[bucket] == count, "\(bucket)") }
        #expect(histogram.counts.reduce(0, +) == 6)
        #expect(histogram.sum == 0 + 0.0001 + 0.0001.nextUp + 0.3 + 10 + 10.5)
    }

    @Test func `nothing is lost that many threads count at once`() throws {
        let metrics = Metrics()
        var phases = PhaseTimes()
        phases[.queue] = 0.5
        let records = ["GET", "POST"].map { method in
            HTTPRecord(
                id: "", method: method, route: "/livez", status: 503, refusalReason: "busy", bytesReceived: 0,
                bytesSent: 0,
                seconds: 0.25, phases: phases, isComplete: true)
        }
        #expect(inThreads(8) { thread in for _ in 0..<1_000 { metrics.count(records[thread % 2]) } })
        #expect(metrics.requestSeconds.count == 2)
        // Quarters and halves add up without rounding.
        for histogram in metrics.requestSeconds.values {
            #expect(histogram.sum == 1_000 && histogram.counts.reduce(0, +) == 4_000)
        }
        #expect(metrics.queueWaitSeconds.sum == 4_000 && metrics.refused == [.busy: 8_000])
    }
}
