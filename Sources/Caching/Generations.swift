/// Values by their keys, bounded in bytes together.
///
/// Clients choose the keys, so values come and go: they live in a young and an old generation of half the limit each. A hit in
/// the old one moves to the young; when that is full it becomes the old, and what was not asked for meanwhile gives way.
public struct Generations<Key: Hashable, Value> {
    @usableFromInline struct Generation {
        @usableFromInline var entries: [Key: (value: Value, bytes: Int)] = [:]
        @usableFromInline var bytes = 0
        @inlinable init() {}
    }

    /// What has given way, which is freed with this: after a lock is given back, as there may be a hundred thousand values.
    public struct Dropped {
        @usableFromInline var generations: [Generation] = []
        @inlinable public init() {}
    }

    public let maxBytes: Int
    @usableFromInline var young = Generation()
    @usableFromInline var old = Generation()
    @usableFromInline var hits = 0
    @usableFromInline var misses = 0
    @usableFromInline var evictions = 0

    @inlinable
    public init(maxBytes: Int) {
        precondition(maxBytes >= 0)
        self.maxBytes = maxBytes
    }

    @inlinable
    public var statistics: CacheStatistics {
        CacheStatistics(
            entries: young.entries.count + old.entries.count, bytes: young.bytes + old.bytes, hits: hits,
            misses: misses,
            evictions: evictions)
    }

    /// The value of a key; nil where it is not here.
    @inlinable
    public mutating func value(for key: Key, _ dropped: inout Dropped) -> Value? {
        if let entry = young.entries[key] {
            hits += 1
            return entry.value
        }
        guard let entry = old.entries.removeValue(forKey: key) else {
            misses += 1
            return nil
        }
        hits += 1
        old.bytes -= entry.bytes
        insert(entry.value, for: key, bytes: entry.bytes, &dropped)
        return entry.value
    }

    /// Keeps a value that takes so many bytes, unless its key has one, or it is larger than half the limit.
    @inlinable
    public mutating func keep(_ value: Value, for key: Key, bytes: Int, _ dropped: inout Dropped) {
        guard bytes <= maxBytes / 2, young.entries[key] == nil, old.entries[key] == nil else { return }
        insert(value, for: key, bytes: bytes, &dropped)
    }

    @usableFromInline
    mutating func insert(_ value: Value, for key: Key, bytes: Int, _ dropped: inout Dropped) {
        if young.bytes + bytes > maxBytes / 2 {
            evictions += old.entries.count
            dropped.generations.append(old)
            old = young
            young = Generation()
        }
        young.entries[key] = (value, bytes)
        young.bytes += bytes
    }
}

extension Generations.Generation: Sendable where Key: Sendable, Value: Sendable {}
extension Generations.Dropped: Sendable where Key: Sendable, Value: Sendable {}
extension Generations: Sendable where Key: Sendable, Value: Sendable {}
