import Synchronization

/// A value that one thread at a time may touch: `Mutex`, in a way that the thread sanitizer can follow.
///
/// Swift 6.3's `Mutex` on Linux locks in a library that is not instrumented, so that the sanitizer takes every use of it for a
/// race. An atomic read after locking and written before unlocking shows it the order; on x86-64 that is two moves.
public struct Locked<Value>: ~Copyable {
    @usableFromInline let mutex: Mutex<Value>
    @usableFromInline let order = Atomic<Bool>(false)

    @inlinable
    public init(_ value: consuming sending Value) {
        mutex = Mutex(value)
    }

    /// Calls `body` with the value while no other thread has it.
    @inlinable @inline(__always)
    public borrowing func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock { value throws(Failure) in
            _ = order.load(ordering: .acquiring)
            defer { order.store(false, ordering: .releasing) }
            return try body(&value)
        }
    }
}

extension Locked: Sendable {}
