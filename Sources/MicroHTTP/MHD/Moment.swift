import Glibc

/// A moment of the system's clock that only goes forward.
///
/// The compiler does not know how large a `ContinuousClock.Instant` is, so that whatever holds one is copied and taken apart by
/// the runtime; that took longer than all else an exchange does with its state.
package struct Moment: Sendable, Equatable {
    let nanoseconds: Int

    package static var now: Moment {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Moment(nanoseconds: time.tv_sec * 1_000_000_000 + time.tv_nsec)
    }

    package func isBefore(_ other: Moment) -> Bool {
        nanoseconds < other.nanoseconds
    }

    /// In seconds.
    package func distance(to later: Moment) -> Double {
        Double(later.nanoseconds - nanoseconds) / 1e9
    }
}
