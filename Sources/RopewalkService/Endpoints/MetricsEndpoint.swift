import FoundationEssentials
import MicroHTTP
import PositionalEncoding

/// `GET /metrics`: what Prometheus asks for, under OpenTelemetry's names where it has one.
struct MetricsEndpoint: Endpoint {
    let metrics: Metrics
    let engine: RotaryEngine
    let answers: AnswerCache
    let budget: ByteBudget
    let compute: ComputePool
    let maxConnections: Int
    /// nil before the server has started.
    let server: @Sendable () -> HTTPServer.Statistics?

    /// Made on the I/O thread, so that it is answered while every compute thread is busy.
    func answer(_ request: HTTPRequest) -> EndpointAnswer {
        .now(
            HTTPResponse(
                status: 200,
                headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store"],
                body: Data(page().text.utf8)))
    }

    private func page() -> MetricsPage {
        var page = MetricsPage()
        let server = server()
        addRequests(to: &page, inFlight: server?.inFlight ?? 0)
        addConnections(to: &page, server)
        addCache(to: &page)
        addProcess(to: &page)
        return page
    }

    private func addRequests(to page: inout MetricsPage, inFlight: Int) {
        page.histogram(
            "http_server_request_duration_seconds",
            "Time from a request line until its answer has left; no status where the client went away first.",
            metrics.requestSeconds.map { (labels($0.key), $0.value) })
        page.gauge(
            "http_server_active_requests", "Requests from their request line until their answer has left.", inFlight)
        page.gauge("ropewalk_queue_depth", "Requests that wait for a compute thread.", compute.waitingCount)
        page.histogram(
            "ropewalk_queue_wait_seconds", "Time that requests waited for a compute thread.",
            [([], metrics.queueWaitSeconds)])
        page.gauge("ropewalk_buffered_bytes", "Bytes of bodies and answers that requests hold.", budget.used)
        let refused = metrics.refused
        page.counter(
            "ropewalk_rejected_requests_total", "Requests answered with a problem, by its kind in /docs/errors.",
            ProblemKind.allCases.map { ([("reason", $0.rawValue)], Double(refused[$0] ?? 0)) })
        let answers = metrics.answers
        page.counter(
            "ropewalk_answer_body_bytes_total", "Bytes of the bodies of answers that were sent.", Double(answers.bytes))
        page.counter(
            "ropewalk_incomplete_answers_total", "Answers of which the client did not get all.",
            Double(answers.incomplete))
    }

    private func addConnections(to page: inout MetricsPage, _ server: HTTPServer.Statistics?) {
        page.gauge("ropewalk_connections", "Connections that are open, idle ones included.", server?.connections ?? 0)
        page.gauge(
            "ropewalk_connections_limit", "Connections that can be open at once: --max-connections.", maxConnections)
        page.counter(
            "ropewalk_idle_connections_closed_total", "Idle connections that were closed to make room for new ones.",
            Double(server?.closedForRoom ?? 0))
        page.gauge(
            "ropewalk_lingering_connections", "Connections that were answered and closed while the client still sends.",
            server?.lingering ?? 0)
    }

    private func addCache(to page: inout MetricsPage) {
        let cache = engine.cache.statistics
        page.gauge("ropewalk_cache_entries", "Frequency tables and blocks of rows in the cache.", cache.entries)
        page.gauge("ropewalk_cache_bytes", "Bytes that the cache takes.", cache.bytes)
        page.counter("ropewalk_cache_hits_total", "Look-ups that found what they wanted.", Double(cache.hits))
        page.counter("ropewalk_cache_misses_total", "Look-ups that had to compute it.", Double(cache.misses))
        page.counter(
            "ropewalk_cache_evictions_total", "Entries that were dropped to make room.", Double(cache.evictions))
        let answers = answers.statistics
        page.gauge("ropewalk_answer_cache_entries", "Answers of /frequencies in their cache.", answers.entries)
        page.gauge("ropewalk_answer_cache_bytes", "Bytes that the cache of answers takes.", answers.bytes)
        page.counter(
            "ropewalk_answer_cache_hits_total", "Requests that were answered from the cache.", Double(answers.hits))
        page.counter(
            "ropewalk_answer_cache_misses_total", "Requests to /frequencies that were not.", Double(answers.misses))
        page.counter(
            "ropewalk_answer_cache_evictions_total", "Answers that were dropped to make room.",
            Double(answers.evictions))
    }

    private func addProcess(to page: inout MetricsPage) {
        page.gauge("ropewalk_build_info", "The version that runs; always 1.", 1, [("version", Version.current)])
        page.counter("process_cpu_seconds_total", "Processor time of all threads.", ProcessStatistics.cpuSeconds)
        page.gauge(
            "process_start_time_seconds", "When the service was made, in seconds since 1970.",
            metrics.started)
        if let bytes = ProcessStatistics.residentBytes {
            page.gauge("process_resident_memory_bytes", "Memory that the process has in RAM.", bytes)
        }
        if let count = ProcessStatistics.openDescriptors {
            page.gauge("process_open_fds", "Files and sockets that are open.", count)
        }
    }

    private func labels(_ key: Metrics.RequestKey) -> MetricsPage.Labels {
        [
            ("http_request_method", key.method.rawValue), ("http_route", key.route ?? ""),
            ("http_response_status_code", key.status == 0 ? "" : String(key.status)),
        ]
    }
}
