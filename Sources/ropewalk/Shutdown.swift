import Dispatch
import Glibc
import Locking

/// The end of the service: the first signal asks for it, the second does not wait.
final class Shutdown: Sendable {
    private enum Phase { case starting, serving, stopping }

    private let phase = Locked(Phase.starting)
    private let requested = DispatchSemaphore(value: 0)
    private let log: LogWriter

    init(log: LogWriter) {
        self.log = log
    }

    /// Notes that the service accepts connections. From here on the first signal leaves time for requests in flight.
    func serviceStarted() {
        phase.withLock { $0 = .serving }
    }

    /// Waits for the first signal.
    func wait() {
        requested.wait()
    }

    /// Handles SIGTERM or SIGINT.
    func signalArrived(_ number: Int32) {
        let phase = phase.withLock { phase in
            defer { phase = .stopping }
            return phase
        }
        switch phase {
        case .starting: exitAtOnce(EXIT_SUCCESS)
        case .serving: requested.signal()
        case .stopping: exitAtOnce(128 + number)
        }
    }

    /// Ends the process with what the log holds written, unless its reader is stuck.
    private func exitAtOnce(_ code: Int32) {
        log.flush()
        _exit(code)
    }
}
