import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `GET /info`: version, limits, what is known here, and what the cache holds.
struct InfoEndpoint: Endpoint {
    let configuration: Service.Configuration
    let engine: RotaryEngine
    let answers: AnswerCache
    let budget: ByteBudget

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        let limits = configuration.limits
        let cache = engine.cache.statistics
        let answers = answers.statistics
        let info = Info(
            answerCache: .init(
                bytes: answers.bytes, entries: answers.entries, evictions: answers.evictions, hits: answers.hits,
                misses: answers.misses),
            bufferedBytes: budget.used,
            cache: .init(
                bytes: cache.bytes, entries: cache.entries, evictions: cache.evictions, hits: cache.hits,
                misses: cache.misses),
            dtypes: ScalarType.allCases.map(\.rawValue), layouts: PairLayout.allCases.map(\.rawValue),
            limits: [
                "compute_threads": Double(configuration.computeThreads), "drain_seconds": configuration.drainSeconds,
                "idle_timeout": Double(limits.idleTimeoutSeconds),
                "max_answer_elements": Double(limits.maxAnswerElements),
                "max_body_bytes": Double(limits.maxBodyBytes), "max_buffered_bytes": Double(limits.maxBufferedBytes),
                "max_cache_bytes": Double(limits.maxCacheBytes), "max_connections": Double(limits.maxConnections),
                "max_multiply_adds": Double(limits.maxMultiplyAdds), "max_queue": Double(limits.maxQueue),
            ],
            memoryLimit: limits.memoryLimit, name: "ropewalk", ropeTypes: Scaling.Name.allCases.map(\.rawValue),
            version: Version.current)
        return .now(
            HTTPResponse(
                status: 200, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
                body: try JSONWriter.write(info)))
    }

    private struct Info: Encodable {
        let answerCache: Cache
        let bufferedBytes: Int
        let cache: Cache
        let dtypes: [String]
        let layouts: [String]
        let limits: [String: Double]
        let memoryLimit: Int?
        let name: String
        let ropeTypes: [String]
        let version: String

        struct Cache: Encodable {
            let bytes: Int
            let entries: Int
            let evictions: Int
            let hits: Int
            let misses: Int
        }

        enum CodingKeys: String, CodingKey {
            case answerCache = "answer_cache"
            case bufferedBytes = "buffered_bytes"
            case cache, dtypes, layouts, limits, name, version
            case memoryLimit = "memory_limit"
            case ropeTypes = "rope_types"
        }
    }
}
