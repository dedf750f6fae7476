import Caching
import FoundationEssentials
import Locking
import MicroHTTP

/// Finished answers of `GET /frequencies`, which depend on their query, on what Accept takes and on the models that can be named:
/// bounded in bytes.
final class AnswerCache: Sendable {
    /// As both came: what they mean is not looked at.
    struct Key: Hashable {
        let query: Substring
        let accept: String?
        /// The edition of the catalog with which the answer is made.
        let edition: Int

        init(_ request: HTTPRequest, edition: Int = 0) {
            self.edition = edition
            query = request.target.query ?? ""
            accept = request.headers["Accept"]
        }
    }

    let maxBytes: Int
    private let answers: Locked<Generations<Key, HTTPResponse>>

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
        answers = Locked(Generations(maxBytes: maxBytes))
    }

    var statistics: CacheStatistics { answers.withLock { $0.statistics } }

    /// The answer of a key; nil where it is not here.
    func answer(for key: Key) -> HTTPResponse? {
        // Freed after the lock is given back.
        var dropped = Generations<Key, HTTPResponse>.Dropped()
        return answers.withLock { $0.value(for: key, &dropped) }
    }

    /// Keeps an answer, without what is of one request alone. What is larger than a quarter of the limit is not kept.
    func keep(_ answer: HTTPResponse, for key: Key) {
        let bytes = Self.bytes(key, answer)
        guard bytes <= maxBytes / 4 else { return }
        var kept = answer
        (kept.reservation, kept.phases) = (nil, PhaseTimes())
        var dropped = Generations<Key, HTTPResponse>.Dropped()
        answers.withLock { [kept] answers in answers.keep(kept, for: key, bytes: bytes, &dropped) }
    }

    /// What an answer takes with its key, which keeps the whole target, its headers and its place here, generously.
    private static func bytes(_ key: Key, _ answer: HTTPResponse) -> Int {
        let fields = answer.headers.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        return answer.body.count + fields + key.query.base.utf8.count + (key.accept?.utf8.count ?? 0) + overhead
    }

    private static let overhead = 1_024
}
