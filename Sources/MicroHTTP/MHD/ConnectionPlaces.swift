/// Which I/O thread serves which connection, by its descriptor.
///
/// libmicrohttpd 0.9.75 asks epoll for 128 events at once and, where it gets as many, waits for more before it serves them: with
/// as many requests at once, and no other event, a thread waits without end. So none has as many connections. The
/// first two threads are enough for the work, and have as many as they can.
struct ConnectionPlaces {
    /// Besides, a thread is woken by an event of its own.
    static let mostOfThread = 120
    private static let usualThreads = 2
    /// Past these, threads have as many connections as it takes.
    private static let mostThreads = 64

    private(set) var counts: [Int]
    private var threads: [Int32: Int] = [:]

    init(maxConnections: Int) {
        let needed = maxConnections / Self.mostOfThread + 1
        counts = Array(repeating: 0, count: min(max(needed, Self.usualThreads), Self.mostThreads))
    }

    /// Answers the thread of a connection that begins.
    mutating func add(_ descriptor: Int32) -> Int {
        func fewest(_ threads: Range<Int>) -> Int { threads.min { counts[$0] < counts[$1] } ?? 0 }
        var thread = fewest(0..<Self.usualThreads)
        if counts[thread] >= Self.mostOfThread {
            thread = counts.firstIndex { $0 < Self.mostOfThread } ?? fewest(counts.indices)
        }
        counts[thread] += 1
        threads[descriptor] = thread
        return thread
    }

    /// To be called before the descriptor is closed, after which it may be that of another.
    mutating func remove(_ descriptor: Int32) {
        guard let thread = threads.removeValue(forKey: descriptor) else { return }
        counts[thread] -= 1
    }
}
