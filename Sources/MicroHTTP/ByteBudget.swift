import Locking
import Synchronization

/// A bound on the bytes that requests hold together.
package final class ByteBudget: Sendable {
    package let limit: Int
    /// The budget of which this one is a part; nil where it is whole.
    private let whole: ByteBudget?
    private let taken = Atomic<Int>(0)

    /// Reserved bytes are also taken from `whole`, which others use too.
    package init(limit: Int, partOf whole: ByteBudget? = nil) {
        precondition(limit >= 0)
        self.limit = limit
        self.whole = whole
    }

    package var used: Int { taken.load(ordering: .relaxed) }

    /// A hold on `count` bytes; nil where that many are not free.
    package func reserve(_ count: Int) -> Reservation? {
        precondition(count >= 0)
        guard take(count) else { return nil }
        return Reservation(budget: self, count: count)
    }

    private func take(_ count: Int) -> Bool {
        guard takeOwn(count) else { return false }
        guard let whole, !whole.take(count) else { return true }
        taken.subtract(count, ordering: .relaxed)
        return false
    }

    private func takeOwn(_ count: Int) -> Bool {
        var current = taken.load(ordering: .relaxed)
        while true {
            let (wanted, overflow) = current.addingReportingOverflow(count)
            guard !overflow, wanted <= limit else { return false }
            let result = taken.compareExchange(expected: current, desired: wanted, ordering: .relaxed)
            if result.exchanged { return true }
            current = result.original
        }
    }

    private func give(_ count: Int) {
        taken.subtract(count, ordering: .relaxed)
        whole?.give(count)
    }

    /// Bytes held until this object goes.
    package final class Reservation: Sendable {
        private let budget: ByteBudget
        /// nil once it is given up.
        private let count: Locked<Int?>

        fileprivate init(budget: ByteBudget, count: Int) {
            self.budget = budget
            self.count = Locked(count)
        }

        deinit {
            giveUp()
        }

        /// Holds nothing from now on, whatever is asked of it.
        package func giveUp() {
            count.withLock { count in
                budget.give(count ?? 0)
                count = nil
            }
        }

        /// Holds `newCount` bytes instead; false, and nothing changes, where the budget has no room for more, or it is given up.
        package func resize(to newCount: Int) -> Bool {
            precondition(newCount >= 0)
            return count.withLock { held in
                guard let count = held else { return false }
                if newCount > count, !budget.take(newCount - count) { return false }
                if newCount < count { budget.give(count - newCount) }
                held = newCount
                return true
            }
        }
    }
}
