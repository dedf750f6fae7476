import Dispatch
import FoundationEssentials
import Glibc
import Locking

/// Lines on their way to stderr: taken at once from any thread, written by one of its own.
///
/// A reader of the log that has stopped reading must not stop the service: lines past a bound are dropped and counted.
final class LogWriter: Sendable {
    private struct State {
        var clock = Clock()
        /// Lines that wait, as they are written.
        var text: [UInt8] = []
        var dropped = 0
        var isWriting = false

        mutating func append(_ message: String, level: String, at time: Date) {
            text.append(contentsOf: clock.stamp(time).utf8)
            text.append(UInt8(ascii: " "))
            text.append(contentsOf: level.utf8)
            text.append(UInt8(ascii: " "))
            text.append(contentsOf: message.utf8)
            text.append(UInt8(ascii: "\n"))
        }
    }

    /// What may wait: thousands of lines.
    private static let mostBytes = 1 << 20
    /// Lines are gathered for so long: to wake a thread for each costs more than all else about it.
    private static let patience = DispatchTimeInterval.milliseconds(5)

    private let state = Locked(State())
    private let queue = DispatchQueue(label: "ropewalk.log")

    func write(_ message: String, level: String) {
        let now = Date.now
        let begins = state.withLock { state in
            guard state.text.count < Self.mostBytes else {
                state.dropped += 1
                return false
            }
            state.append(message, level: level, at: now)
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
        // Two pieces of memory, in turns: one is written while the other fills.
        var text: [UInt8] = []
        while true {
            text.removeAll(keepingCapacity: true)
            state.withLock { state in
                if state.dropped > 0 {
                    state.append("\(state.dropped) lines of this log were dropped", level: "warning", at: .now)
                    state.dropped = 0
                }
                state.isWriting = !state.text.isEmpty
                swap(&text, &state.text)
            }
            guard !text.isEmpty else { return }
            writeToStandardError(text)
        }
    }

    private func writeToStandardError(_ text: [UInt8]) {
        var rest = text[...]
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
