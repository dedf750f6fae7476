import Locking

/// What was made last, by what it was made of: who sends many requests sends like ones.
///
/// Keys are compared one after the other, as they are few; the oldest gives way to a new one.
public struct Recent<Key: Equatable & Sendable, Value: Sendable>: ~Copyable {
    @usableFromInline struct Kept: Sendable {
        @usableFromInline var entries: [(key: Key, value: Value)] = []
        @usableFromInline var oldest = 0
        @inlinable init() {}
    }

    @usableFromInline let kept = Locked(Kept())

    @inlinable
    public init() {}

    /// The value of a key; made where it is not among the last. Throws what `make` throws, and keeps nothing then.
    @inlinable
    public borrowing func value<Failure: Error>(
        for key: Key, orMake make: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let known: Value? = kept.withLock { kept in kept.entries.first { $0.key == key }?.value }
        if let known { return known }
        let value = try make()
        kept.withLock { [value] kept in
            // Another thread may have made it meanwhile.
            guard !kept.entries.contains(where: { $0.key == key }) else { return }
            if kept.entries.count < 16 {
                kept.entries.append((key, value))
            } else {
                kept.entries[kept.oldest] = (key, value)
                kept.oldest = (kept.oldest + 1) % kept.entries.count
            }
        }
        return value
    }
}

extension Recent: Sendable {}
