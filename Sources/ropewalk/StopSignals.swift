import Dispatch
import Glibc

/// SIGTERM and SIGINT, which stop the service: the first asks, the second does not.
struct StopSignals {
    private static let signals = [SIGTERM, SIGINT]

    private let arrived = DispatchSemaphore(value: 0)
    private let sources: [any DispatchSourceSignal]

    init() {
        // A queue of its own has a thread when it needs one, however many compute.
        let queue = DispatchQueue(label: "ropewalk.signals")
        sources = Self.signals.map { number in
            // Without a handler of its own, process 1 of a container is not sent what it has not asked for.
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            source.setEventHandler { [arrived] in arrived.signal() }
            source.resume()
        }
    }

    func wait() {
        arrived.wait()
    }

    /// From here on a signal ends the process at once.
    func exitOnNext() {
        for (source, number) in zip(sources, Self.signals) {
            source.setEventHandler { _exit(128 + number) }
        }
    }
}
