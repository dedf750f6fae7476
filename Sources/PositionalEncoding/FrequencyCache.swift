import Locking
import Synchronization

/// Frequency tables and rows of cosines and sines, computed once, bounded in bytes together.
///
/// A client chooses the base, so entries come and go: they live in a young and an old generation of half the limit each.
/// A hit in the old one moves to the young; when that is full it becomes the old, and what was not asked for meanwhile is
/// dropped. The lock is held for a look-up only: values are computed, and read, outside of it.
package final class FrequencyCache: Sendable {
    enum Key: Hashable {
        case table(FrequencyTable.Key)
        /// Rows of `blockLength` positions from block · blockLength on.
        case rows(FrequencyTable.Key, ScalarType, RotationDirection, block: Int)

        /// What the value will take, with its place here.
        var bytes: Int {
            switch self {
            case .table(let table): table.rotaryDimension / 2 * 16 + table.listBytes + Self.overhead
            case .rows(let table, let type, _, _):
                FrequencyCache.blockLength * table.rotaryDimension * type.size + table.listBytes + Self.overhead
            }
        }

        /// Key, slot and array headers, generously.
        private static let overhead = 512
    }

    enum Value: Sendable {
        case table(FrequencyTable)
        case floats(RotaryRows<Float>)
        case doubles(RotaryRows<Double>)

        init<Scalar>(_ rows: RotaryRows<Scalar>) {
            switch rows {
            case let rows as RotaryRows<Float>: self = .floats(rows)
            case let rows as RotaryRows<Double>: self = .doubles(rows)
            default: preconditionFailure("rows are of one of two types")
            }
        }

        /// nil where the value is something else.
        func rows<Scalar>() -> RotaryRows<Scalar>? {
            switch self {
            case .table: nil
            case .floats(let rows): rows as? RotaryRows<Scalar>
            case .doubles(let rows): rows as? RotaryRows<Scalar>
            }
        }
    }

    /// Positions in one block of rows: short prompts need one, and a single position does not compute many others.
    static let blockLength = 16

    package struct Statistics: Sendable, Equatable {
        package var entries = 0
        package var bytes = 0
        package var hits = 0
        package var misses = 0
        package var evictions = 0
    }

    /// A place for a value: whoever comes first computes it, those who come meanwhile wait for that one only.
    private final class Slot: Sendable {
        final class Box: Sendable {
            let value: Value
            init(_ value: Value) { self.value = value }
        }

        private let box = AtomicLazyReference<Box>()
        private let computing = Locked(())

        func value(orCompute compute: () -> Value) -> Value {
            if let box = box.load() { return box.value }
            return computing.withLock { _ in
                if let box = box.load() { return box.value }
                return box.storeIfNil(Box(compute())).value
            }
        }
    }

    private struct Generation {
        var slots: [Key: Slot] = [:]
        var bytes = 0

        mutating func insert(_ slot: Slot, at key: Key) {
            slots[key] = slot
            bytes += key.bytes
        }

        mutating func remove(_ key: Key) -> Slot? {
            guard let slot = slots.removeValue(forKey: key) else { return nil }
            bytes -= key.bytes
            return slot
        }
    }

    private struct State {
        var young = Generation()
        var old = Generation()
        var hits = 0
        var misses = 0
        var evictions = 0
    }

    package let maxBytes: Int
    private let state = Locked(State())

    package init(maxBytes: Int) {
        precondition(maxBytes >= 0)
        self.maxBytes = maxBytes
    }

    package var statistics: Statistics {
        state.withLock { state in
            Statistics(
                entries: state.young.slots.count + state.old.slots.count, bytes: state.young.bytes + state.old.bytes,
                hits: state.hits, misses: state.misses, evictions: state.evictions)
        }
    }

    /// The value of a key, computed where it is not here. What is larger than half the limit is computed and not kept.
    func value(for key: Key, orCompute compute: () -> Value) -> Value {
        // Freed after the lock is given back: there may be a hundred thousand of them.
        var dropped = Generation()
        let slot: Slot = state.withLock { state in
            if let slot = state.young.slots[key] {
                state.hits += 1
                return slot
            }
            let known = state.old.remove(key)
            if known == nil { state.misses += 1 } else { state.hits += 1 }
            let slot = known ?? Slot()
            guard key.bytes <= maxBytes / 2 else { return slot }
            if state.young.bytes + key.bytes > maxBytes / 2 {
                swap(&dropped, &state.old)
                swap(&state.old, &state.young)
                state.evictions += dropped.slots.count
            }
            state.young.insert(slot, at: key)
            return slot
        }
        return slot.value(orCompute: compute)
    }
}
