import Dispatch
import Locking

/// Threads for what is too long for an I/O thread: at most `threads` jobs run, at most `maxWaiting` wait their turn.
///
/// A thread without a job helps with one that is long, step by step, and leaves it for a job that comes.
package final class ComputePool: Sendable {
    /// What a thread does, unless it is cancelled before.
    private struct Job: Sendable {
        let run: @Sendable () -> Void
        let cancellation: Cancellation
    }

    /// A part of a job that others may do steps of.
    private struct Help: Sendable {
        let id: Int
        /// Does a step; false where none is left.
        let step: @Sendable () -> Bool
        /// Signalled by the last thread that leaves, once the job waits for that.
        let isLeft = DispatchSemaphore(value: 0)
        var threads = 0
        var isOver = false
    }

    private struct State {
        /// Queues that have nothing to do. Each is serial, and so a thread while it works.
        var idle: [DispatchQueue]
        var waiting: [Job] = []
        /// What wants help, or is left by those who helped.
        var helps: [Help] = []
        var nextHelp = 0

        /// Threads that were idle, and are on their way to help.
        var coming = 0

        /// Threads that a job which comes now has soon.
        var helping: Int { helps.reduce(coming) { $0 + $1.threads } }

        /// Has a thread do a step of what wants help, of several in turn.
        mutating func join() -> Help? {
            guard let place = helps.firstIndex(where: { !$0.isOver }) else { return nil }
            var help = helps.remove(at: place)
            help.threads += 1
            helps.append(help)
            return help
        }

        mutating func leave(_ id: Int, isOver: Bool) {
            guard let place = helps.firstIndex(where: { $0.id == id }) else { return }
            helps[place].threads -= 1
            if isOver { helps[place].isOver = true }
            // Signalled where nobody waits as well: who waits has said so before, or finds no thread.
            if helps[place].threads == 0, helps[place].isOver { helps[place].isLeft.signal() }
        }
    }

    private enum Task {
        case job(Job)
        case help(id: Int, step: @Sendable () -> Bool)
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
            guard state.waiting.count < maxWaiting + state.helping else { return .refuse }
            state.waiting.append(job)
            return .wait
        }
        switch place {
        case .run(let queue): queue.async { self.work(on: queue, from: .job(job)) }
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

    /// How many threads can help a job at once.
    package var helperCount: Int { threads - 1 }

    /// Has threads that have no job call `step` until it answers false, while `body` runs. Returns when none is in it any more.
    ///
    /// Between steps they look whether a job has come, so that it waits for a step at most.
    package func help(with step: @escaping @Sendable () -> Bool, while body: () -> Void) {
        let (id, idle) = state.withLock { state in
            state.nextHelp += 1
            state.helps.append(Help(id: state.nextHelp, step: step))
            let idle = state.idle
            state.idle = []
            state.coming += idle.count
            return (state.nextHelp, idle)
        }
        for queue in idle {
            queue.async {
                if let task = self.next(for: queue, after: { $0.coming -= 1 }) { self.work(on: queue, from: task) }
            }
        }
        body()
        let isLeft: DispatchSemaphore? = state.withLock { state in
            guard let place = state.helps.firstIndex(where: { $0.id == id }) else { return nil }
            state.helps[place].isOver = true
            return state.helps[place].threads > 0 ? state.helps[place].isLeft : nil
        }
        isLeft?.wait()
        state.withLock { $0.helps.removeAll { $0.id == id } }
    }

    private func work(on queue: DispatchQueue, from first: Task) {
        var task: Task? = first
        while let current = task {
            switch current {
            case .job(let job):
                if !job.cancellation.isCancelled { job.run() }
                task = next(for: queue)
            case .help(let id, let step):
                let isOver = !step()
                task = next(for: queue) { $0.leave(id, isOver: isOver) }
            }
        }
    }

    /// A job, if one waits; a step of what wants help; or none, and then the queue is idle.
    ///
    /// `change` comes before, under the same lock: a thread that is between two things is one that a job may count on.
    private func next(for queue: DispatchQueue, after change: (inout State) -> Void = { _ in }) -> Task? {
        state.withLock { state in
            change(&state)
            guard state.waiting.isEmpty else { return .job(state.waiting.removeFirst()) }
            guard let help = state.join() else {
                state.idle.append(queue)
                return nil
            }
            return .help(id: help.id, step: help.step)
        }
    }
}
