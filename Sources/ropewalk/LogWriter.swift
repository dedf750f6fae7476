import Dispatch
import FoundationEssentials
import Glibc
import Locking

/// Lines on their way to stderr: taken at once from any thread, written by one of its own.
///
/// A reader of the log that has stopped reading must not stop the service: lines past a bound are dropped and counted.
final class LogWriter: Sendable {
    private struct State {
        var lines: [(time: Date, text: String)] = []
        var dropped = 0
        var isWriting = false
    }

    private static let mostLines = 8_192
    /// Lines are gathered for so long: to wake a thread for each costs more than all else about it.
    private static let patience = DispatchTimeInterval.milliseconds(5)

    private let state = Locked(State())
    private let queue = DispatchQueue(label: "ropewalk.log")

    func write(_ text: String) {
        let now = Date.now
        let begins = state.withLock { state in
            guard state.lines.count < Self.mostLines else {
                state.dropped += 1
                return false
            }
            state.lines.append((now, text))
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { queue.asyncAfter(deadline: .now() + Self.patience) { self.writeAll() } }
    }

    /// Waits until all is written, for as long as a reader that reads may need.
    func flush() {
        let written = DispatchSemaphore(value: 0)
        queue.async {
            self.writeAll()
            written.signal()
        }
        _ = written.wait(timeout: .now() + 1)
    }

    private func writeAll() {
        var clock = Clock()
        while true {
            let (lines, dropped) = state.withLock { state in
                defer {
                    state.isWriting = !state.lines.isEmpty
                    (state.lines, state.dropped) = ([], 0)
                }
                return (state.lines, state.dropped)
            }
            guard !lines.isEmpty else { return }
            var text = ""
            for line in lines {
                text += clock.stamp(line.time)
                text += " "
                text += line.text
                text += "\n"
            }
            if dropped > 0 { text += "\(clock.stamp(.now)) warning \(dropped) lines of this log were dropped\n" }
            writeToStandardError(text)
        }
    }

    private func writeToStandardError(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EAGAIN {
                var poller = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&poller, 1, -1)
            } else if written < 0, errno != EINTR {
                return
            }
            rest = rest.dropFirst(max(written, 0))
        }
    }

    /// Times to the second; formatting one costs more than the rest of a line.
    private struct Clock {
        private var second = -1
        private var text = ""

        mutating func stamp(_ time: Date) -> String {
            let now = Int(time.timeIntervalSince1970)
            if now != second { (second, text) = (now, time.formatted(.iso8601)) }
            return text
        }
    }
}
