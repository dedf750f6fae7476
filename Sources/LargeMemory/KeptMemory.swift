import Locking

/// Large memory that nobody uses now, for who needs such next.
///
/// To have 134 MB cleared by the system took 13 to 150 ms of a request whose computation took 180 (by large pages, on a virtual
/// machine). What is kept here the system may take whenever it has need of it, so that only the process looks large.
final class KeptMemory: Sendable {
    static let shared = KeptMemory(mostBytes: 256 << 20)

    private struct State {
        var mostBytes: Int
        /// The one that was given back last is the last.
        var regions: [MemoryRegion] = []
    }

    private let state: Locked<State>

    init(mostBytes: Int) {
        state = Locked(State(mostBytes: mostBytes))
    }

    /// Bounds the bytes that are kept from now on.
    func limit(to mostBytes: Int) {
        state.withLock { $0.mostBytes = mostBytes }
    }

    /// The smallest that has so many bytes and at most as many again; nil where there is none.
    func take(_ count: Int) -> MemoryRegion? {
        state.withLock { state in
            let regions = state.regions
            let fitting = regions.indices.filter { regions[$0].count >= count && regions[$0].count / 2 <= count }
            return fitting.min { regions[$0].count < regions[$1].count }.map { state.regions.remove(at: $0) }
        }
    }

    /// Gives the oldest back to the system where it is too much.
    func keep(_ region: MemoryRegion) {
        guard state.withLock({ region.count <= $0.mostBytes }) else { return }
        region.offer()
        let surplus = state.withLock { state in
            state.regions.append(region)
            var total = state.regions.reduce(0) { $0 + $1.count }
            var surplus: [MemoryRegion] = []
            while total > state.mostBytes {
                surplus.append(state.regions.removeFirst())
                total -= surplus[surplus.count - 1].count
            }
            return surplus
        }
        // Outside the lock.
        withExtendedLifetime(surplus) {}
    }
}
