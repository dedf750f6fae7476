import Dispatch
import Glibc

/// The signals that the service handles: SIGTERM and SIGINT stop it, SIGHUP makes it read its models again.
enum ServiceSignals {
    /// Blocks the signals in this thread and in all threads that it starts from now on.
    ///
    /// The kernel keeps a blocked signal until `listen` takes it, so that no signal is lost while the service starts. Process 1
    /// of a container would otherwise lose a signal for which it has no handler.
    static func block() {
        change(SIG_BLOCK)
    }

    /// Gives the signals their usual effect again, for commands that do not handle them.
    static func unblock() {
        change(SIG_UNBLOCK)
    }

    /// Calls `handle` with the number of each signal, one after the other, for as long as the process runs.
    static func listen(_ handle: @escaping @Sendable (Int32) -> Void) {
        // A queue of its own has its own thread, however many threads compute.
        DispatchQueue(label: "ropewalk.signals").async {
            var set = handled
            while true {
                var number: Int32 = 0
                if unsafe sigwait(&set, &number) == 0 { handle(number) }
            }
        }
    }

    private static func change(_ how: Int32) {
        var set = handled
        _ = unsafe pthread_sigmask(how, &set, nil)
    }

    private static var handled: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, number) }
        return set
    }
}
