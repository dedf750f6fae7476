import FoundationEssentials
import Locking
import MicroHTTP

/// Finished answers of `GET /frequencies`, which depend on their query and on what Accept takes: bounded in bytes.
///
/// They live in a young and an old generation of half the limit each, as what `FrequencyCache` holds does: a hit in the old one
/// moves to the young, and when that is full it becomes the old.
final class AnswerCache: Sendable {
    /// As both came: what they mean is not looked at.
    struct Key: Hashable {
        let query: Substring
        let accept: String?

        init(_ request: HTTPRequest) {
            query = request.target.query ?? ""
            accept = request.headers["Accept"]
        }
    }

    struct Statistics: Sendable, Equatable {
        var entries = 0
        var bytes = 0
        var hits = 0
        var misses = 0
        var evictions = 0
    }

    private struct Generation {
        var answers: [Key: HTTPResponse] = [:]
        var bytes = 0
    }

    private struct State {
        var young = Generation()
        var old = Generation()
        var hits = 0
        var misses = 0
        var evictions = 0
    }

    let maxBytes: Int
    private let state = Locked(State())

    init(maxBytes: Int) {
        precondition(maxBytes >= 0)
        self.maxBytes = maxBytes
    }

    var statistics: Statistics {
        state.withLock { state in
            Statistics(
                entries: state.young.answers.count + state.old.answers.count,
                bytes: state.young.bytes + state.old.bytes,
                hits: state.hits, misses: state.misses, evictions: state.evictions)
        }
    }

    /// The answer of a key; nil where it is not here.
    func answer(for key: Key) -> HTTPResponse? {
        // Freed after the lock is given back.
        var dropped = Generation()
        return state.withLock { state in
            if let answer = state.young.answers[key] {
                state.hits += 1
                return answer
            }
            guard let answer = state.old.answers.removeValue(forKey: key) else {
                state.misses += 1
                return nil
            }
            state.hits += 1
            state.old.bytes -= Self.bytes(key, answer)
            insert(answer, for: key, in: &state, &dropped)
            return answer
        }
    }

    /// Keeps an answer, without what is of one request alone. What is larger than a quarter of the limit is not kept.
    func keep(_ answer: HTTPResponse, for key: Key) {
        guard Self.bytes(key, answer) <= maxBytes / 4 else { return }
        var kept = answer
        (kept.reservation, kept.phases) = (nil, PhaseTimes())
        var dropped = Generation()
        state.withLock { [kept] state in
            guard state.young.answers[key] == nil, state.old.answers[key] == nil else { return }
            insert(kept, for: key, in: &state, &dropped)
        }
    }

    private func insert(_ answer: HTTPResponse, for key: Key, in state: inout State, _ dropped: inout Generation) {
        let bytes = Self.bytes(key, answer)
        if state.young.bytes + bytes > maxBytes / 2 {
            swap(&dropped, &state.old)
            swap(&state.old, &state.young)
            state.evictions += dropped.answers.count
        }
        state.young.answers[key] = answer
        state.young.bytes += bytes
    }

    /// What an answer takes with its key, which keeps the whole target, its headers and its place here, generously.
    private static func bytes(_ key: Key, _ answer: HTTPResponse) -> Int {
        let fields = answer.headers.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        return answer.body.count + fields + key.query.base.utf8.count + (key.accept?.utf8.count ?? 0) + overhead
    }

    private static let overhead = 1_024
}
