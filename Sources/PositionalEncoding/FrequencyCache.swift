import Caching
import Locking
import Synchronization

/// Frequency tables and rows of cosines and sines, computed once, bounded in bytes together.
///
/// The lock is held for a look-up only: values are computed, and read, outside of it.
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

    package let maxBytes: Int
    private let slots: Locked<Generations<Key, Slot>>

    package init(maxBytes: Int) {
        self.maxBytes = maxBytes
        slots = Locked(Generations(maxBytes: maxBytes))
    }

    package var statistics: CacheStatistics { slots.withLock { $0.statistics } }

    /// The value of a key, computed where it is not here. What is larger than half the limit is computed and not kept.
    func value(for key: Key, orCompute compute: () -> Value) -> Value {
        // Freed after the lock is given back.
        var dropped = Generations<Key, Slot>.Dropped()
        let slot: Slot = slots.withLock { slots in
            if let slot = slots.value(for: key, &dropped) { return slot }
            let slot = Slot()
            slots.keep(slot, for: key, bytes: key.bytes, &dropped)
            return slot
        }
        return slot.value(orCompute: compute)
    }
}
