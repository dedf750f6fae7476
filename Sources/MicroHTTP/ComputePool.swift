import Dispatch
import Locking

/// Threads for what is too long for an I/O thread: at most `threads` jobs run, at most `maxWaiting` wait their turn.
package final class ComputePool: Sendable {
    /// What a thread does, unless it is cancelled before.
    private struct Job: Sendable {
        let run: @Sendable () -> Void
        let cancellation: Cancellation
    }

    private struct State {
        /// Queues that have nothing to do. Each is serial, and so a thread while it works.
        var idle: [DispatchQueue]
        var waiting: [Job] = []
    }

    package let threads: Int
    package let maxWaiting: Int
    private let state: Locked<State>

    package init(threads: Int, maxWaiting: Int) {
        precondition(threads >= 1 && maxWaiting >= 0)
        self.threads = threads
        self.maxWaiting = maxWaiting
        state = Locked(State(idle: (0..<threads).map { DispatchQueue(label: "ropewalk.compute.\($0)") }))
    }

    /// Jobs that wait for a thread.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Takes a job, or answers false where as many as may are waiting. One that is cancelled while it waits is not begun.
    package func submit(_ cancellation: Cancellation, _ run: @escaping @Sendable () -> Void) -> Bool {
        enum Place { case run(DispatchQueue), wait, refuse }
        let job = Job(run: run, cancellation: cancellation)
        let place: Place = state.withLock { state in
            if let queue = state.idle.popLast() { return .run(queue) }
            guard state.waiting.count < maxWaiting else { return .refuse }
            state.waiting.append(job)
            return .wait
        }
        switch place {
        case .run(let queue): queue.async { self.work(on: queue, from: job) }
        case .wait: break
        case .refuse: return false
        }
        return true
    }

    /// Lets go of jobs that were cancelled while they waited, so that others can have their places.
    package func dropCancelled() {
        // Freed after the lock is given back: with a job goes the body of its request.
        var dropped: [Job] = []
        state.withLock { state in
            dropped = state.waiting.filter { !$0.cancellation.isCancelled }
            swap(&dropped, &state.waiting)
        }
    }

    private func work(on queue: DispatchQueue, from first: Job) {
        var job: Job? = first
        while let current = job {
            if !current.cancellation.isCancelled { current.run() }
            job = state.withLock { state in
                guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
                state.idle.append(queue)
                return nil
            }
        }
    }
}
