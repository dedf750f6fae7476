/// What a cache holds at a moment, and what became of those who asked it.
public struct CacheStatistics: Sendable, Equatable {
    public var entries = 0
    public var bytes = 0
    public var hits = 0
    public var misses = 0
    /// Values that gave way to others.
    public var evictions = 0

    public init(entries: Int = 0, bytes: Int = 0, hits: Int = 0, misses: Int = 0, evictions: Int = 0) {
        (self.entries, self.bytes) = (entries, bytes)
        (self.hits, self.misses, self.evictions) = (hits, misses, evictions)
    }
}
