import FoundationEssentials
import Locking
import MicroHTTP

/// What is counted of requests. Each thing counted is a property here and a line in `MetricsEndpoint`.
final class Metrics: Sendable {
    /// The attributes by which OpenTelemetry tells requests apart. Of each there are only so many.
    struct RequestKey: Hashable {
        /// `_OTHER` where HTTP has no such method: clients make up as many as they like.
        enum Method: String {
            case get = "GET"
            case post = "POST"
            case head = "HEAD"
            case options = "OPTIONS"
            case put = "PUT"
            case delete = "DELETE"
            case patch = "PATCH"
            case connect = "CONNECT"
            case trace = "TRACE"
            case other = "_OTHER"
        }

        let method: Method
        let route: String?
        /// 0 where the client went away first.
        let status: Int
    }

    /// In seconds since 1970.
    let started = Date.now.timeIntervalSince1970
    /// What was sent of the answers that there were.
    struct Answers {
        var bytes = 0
        var incomplete = 0
    }

    private struct Requests {
        var seconds: [RequestKey: Histogram] = [:]
        var answers = Answers()
    }

    private let requests = Locked(Requests())
    private let queueWaits = Locked(Histogram())
    private let refusals = Locked<[ProblemKind: Int]>([:])

    var requestSeconds: [RequestKey: Histogram] { requests.withLock { $0.seconds } }
    var answers: Answers { requests.withLock { $0.answers } }
    var queueWaitSeconds: Histogram { queueWaits.withLock { $0 } }
    var refused: [ProblemKind: Int] { refusals.withLock { $0 } }

    func count(_ record: HTTPRecord) {
        let method = RequestKey.Method(rawValue: record.method) ?? .other
        let key = RequestKey(method: method, route: record.route, status: record.status)
        requests.withLock { requests in
            requests.seconds[key, default: Histogram()].observe(record.seconds)
            requests.answers.bytes += record.bytesSent
            // Status 0: there was no answer.
            if !record.isComplete, record.status != 0 { requests.answers.incomplete += 1 }
        }
        if let wait = record.phases[.queue] { queueWaits.withLock { $0.observe(wait) } }
        if let kind = record.refusalReason.flatMap(ProblemKind.init) { refusals.withLock { $0[kind, default: 0] += 1 } }
    }
}
