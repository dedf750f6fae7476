import Locking

/// Large memory that nobody uses now, for who needs such next.
///
/// To have 134 MB cleared by the system took 13 to 150 ms of a request whose computation took 180 (by large pages, on a virtual
/// machine). What is kept here the system may take whenever it has need of it, so that only the process looks large.
final class KeptMemory: Sendable {
    static let shared = KeptMemory(mostBytes: 256 << 20)

    private let mostBytes: Int
    /// The one that was given back last is the last.
    private let regions = Locked<[MemoryRegion]>([])

    init(mostBytes: Int) {
        self.mostBytes = mostBytes
    }

    /// The smallest that has so many bytes and at most as many again; nil where there is none.
    func take(_ count: Int) -> MemoryRegion? {
        regions.withLock { regions in
            let fitting = regions.indices.filter { regions[$0].count >= count && regions[$0].count / 2 <= count }
            return fitting.min { regions[$0].count < regions[$1].count }.map { regions.remove(at: $0) }
        }
    }

    /// Gives the oldest back to the system where it is too much.
    func keep(_ region: MemoryRegion) {
        guard region.count <= mostBytes else { return }
        region.offer()
        let surplus = regions.withLock { regions in
            regions.append(region)
            var total = regions.reduce(0) { $0 + $1.count }
            var surplus: [MemoryRegion] = []
            while total > mostBytes {
                surplus.append(regions.removeFirst())
                total -= surplus[surplus.count - 1].count
            }
            return surplus
        }
        // Outside the lock.
        withExtendedLifetime(surplus) {}
    }
}
