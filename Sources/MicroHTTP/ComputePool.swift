import Dispatch
import Locking

/// Threads for what is too long for an I/O thread: at most `threads` jobs run, at most `maxWaiting` wait their turn.
package final class ComputePool: Sendable {
    package typealias Job = @Sendable () -> Void

    private struct State {
        var running = 0
        var waiting: [Job] = []
    }

    package let threads: Int
    package let maxWaiting: Int
    private let state = Locked(State())
    private let queue = DispatchQueue(label: "ropewalk.compute", attributes: .concurrent)

    package init(threads: Int, maxWaiting: Int) {
        precondition(threads >= 1 && maxWaiting >= 0)
        self.threads = threads
        self.maxWaiting = maxWaiting
    }

    /// Jobs that wait for a thread.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Takes the job, or answers false where as many as may are waiting.
    package func submit(_ job: @escaping Job) -> Bool {
        enum Place { case run, wait, refuse }
        let place: Place = state.withLock { state in
            if state.running < threads {
                state.running += 1
                return .run
            }
            guard state.waiting.count < maxWaiting else { return .refuse }
            state.waiting.append(job)
            return .wait
        }
        if place == .run {
            queue.async { self.work(from: job) }
        }
        return place != .refuse
    }

    private func work(from first: @escaping Job) {
        var job: Job? = first
        while let current = job {
            current()
            job = state.withLock { state in
                guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
                state.running -= 1
                return nil
            }
        }
    }
}
