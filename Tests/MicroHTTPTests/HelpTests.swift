import Dispatch
import MicroHTTP
import Synchronization
import TestSupport
import Testing

@Suite struct HelpTests {
    /// Runs the body as a job of the pool; false where it did not end in time.
    private func asJob(of pool: ComputePool, _ body: @escaping @Sendable () -> Void) -> Bool {
        let ended = DispatchSemaphore(value: 0)
        let isTaken = pool.submit(Cancellation()) {
            body()
            ended.signal()
        }
        return isTaken && ended.wait(timeout: .now() + patience) == .success
    }

    @Test(arguments: [2, 4]) func `every idle thread helps`(threads: Int) {
        let pool = ComputePool(threads: threads, maxWaiting: 0)
        let (arrived, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let isMet = asJob(of: pool) {
            pool.help(with: {
                arrived.signal()
                _ = gate.wait(timeout: .now() + patience)
                return false
            }) {
                // Each of them stays in its step until all have come.
                for _ in 0..<pool.helperCount { #expect(arrived.wait(timeout: .now() + patience) == .success) }
                for _ in 0..<pool.helperCount { gate.signal() }
            }
        }
        #expect(isMet)
    }

    @Test func `each step is done once, and all are done when help returns`() {
        let pool = ComputePool(threads: 3, maxWaiting: 0)
        for count in [0, 1, 7, 1_000] {
            let next = Atomic<Int>(0)
            let done = Atomic<Int>(0)
            let step: @Sendable () -> Bool = {
                guard next.add(1, ordering: .relaxed).oldValue < count else { return false }
                done.add(1, ordering: .relaxed)
                return true
            }
            let hasEnded = asJob(of: pool) {
                pool.help(with: step) { while step() {} }
                let total = done.load(ordering: .relaxed)
                #expect(total == count)
            }
            #expect(hasEnded)
        }
    }

    @Test func `help returns when the last helper has left its step, and not before`() {
        let pool = ComputePool(threads: 2, maxWaiting: 0)
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let isInside = Atomic<Bool>(false)
        let hasEnded = asJob(of: pool) {
            pool.help(with: {
                isInside.store(true, ordering: .sequentiallyConsistent)
                entered.signal()
                _ = gate.wait(timeout: .now() + patience)
                isInside.store(false, ordering: .sequentiallyConsistent)
                return true
            }) {
                #expect(entered.wait(timeout: .now() + patience) == .success)
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(20)) { gate.signal() }
            }
            let isStillInside = isInside.load(ordering: .sequentiallyConsistent)
            #expect(!isStillInside)
        }
        #expect(hasEnded)
    }

    @Test func `a job that comes waits for one step of a helper, and not for the job that is helped`() {
        let pool = ComputePool(threads: 2, maxWaiting: 0)
        let (entered, gate, isDone) = (
            DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
        )
        let steps = Atomic<Int>(0)
        let hasEnded = asJob(of: pool) {
            pool.help(with: {
                if steps.add(1, ordering: .relaxed).oldValue == 0 {
                    entered.signal()
                    _ = gate.wait(timeout: .now() + patience)
                }
                return true
            }) {
                #expect(entered.wait(timeout: .now() + patience) == .success)
                // Nothing may wait here, and both threads are busy; but one of them only helps.
                #expect(pool.submit(Cancellation()) { isDone.signal() })
                #expect(!pool.submit(Cancellation()) {}, "the helper's place is taken")
                gate.signal()
                #expect(isDone.wait(timeout: .now() + patience) == .success)
            }
        }
        #expect(hasEnded)
    }

    @Test func `helpers turn to each job that wants help`() {
        let pool = ComputePool(threads: 3, maxWaiting: 0)
        let group = DispatchGroup()
        for _ in 0..<2 {
            group.enter()
            let isHelped = DispatchSemaphore(value: 0)
            let isTaken = pool.submit(Cancellation()) {
                // Without end, as long as the job is not helped.
                pool.help(with: {
                    isHelped.signal()
                    return true
                }) {
                    #expect(isHelped.wait(timeout: .now() + patience) == .success)
                }
                group.leave()
            }
            #expect(isTaken)
        }
        #expect(group.wait(timeout: .now() + patience) == .success)
    }
}
