import Dispatch
import Foundation

/// How long a test waits for what should be there at once, before it says that it never came.
package let patience = DispatchTimeInterval.seconds(60)

/// Runs the body on as many threads of their own, which begin together; false where they did not end in time.
package func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> Bool {
    let gate = DispatchSemaphore(value: 0)
    let group = DispatchGroup()
    for thread in 0..<count {
        group.enter()
        Thread.detachNewThread {
            gate.wait()
            body(thread)
            group.leave()
        }
    }
    for _ in 0..<count { gate.signal() }
    return group.wait(timeout: .now() + patience) == .success
}
