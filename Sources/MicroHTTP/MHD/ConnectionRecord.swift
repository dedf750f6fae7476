import CMicroHTTPD
import Glibc
import Locking

/// A connection as other threads see it: its socket, and the exchange under way on it.
final class ConnectionRecord: Sendable {
    private struct State {
        /// -1 once libmicrohttpd is about to close it.
        var socket: Int32
        var exchange: Exchange?
        var idleSince = Moment.now
        var hasServed = false
        /// How much is read and thrown away once libmicrohttpd has closed its side; nil where nothing is.
        var lingeringRoom: Int?

        /// What a look before this one found; two in a row leave the I/O thread time to deliver what it has read.
        var wasDeserted = false

        /// True where the client has closed its side, or the connection is reset: while a request comes, once all of it has
        /// been read; while one is computed, whatever of the next is still unread. libmicrohttpd 0.9.75 does not see this
        /// within a request until it times out, nor ever while one is computed.
        ///
        /// A client that has only shut down its writing side, and waits for the answer, looks the same until it is written
        /// to. It counts as gone, as with other servers: what is computed for longer than two looks, it does not get.
        mutating func isStillDeserted(whileComputing: Bool) -> Bool {
            guard socket >= 0 else { return false }
            let isDeserted = whileComputing ? hasHungUp : hasEnded
            defer { wasDeserted = isDeserted }
            return isDeserted && wasDeserted
        }

        private var hasEnded: Bool {
            let count = peek()
            return count == 0 || (count < 0 && ![EAGAIN, EINTR].contains(errno))
        }

        var hasUnread: Bool { socket >= 0 && peek() > 0 }

        private func peek() -> Int {
            var byte: UInt8 = 0
            return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        }

        private var hasHungUp: Bool {
            var poller = pollfd(fd: socket, events: Int16(CMicroHTTPD_POLLRDHUP), revents: 0)
            return unsafe poll(&poller, 1, 0) > 0
        }

        /// Writes what fits into the socket's buffer and shuts the connection down; libmicrohttpd then sees its end and
        /// closes it.
        func hangUp(saying bytes: [UInt8]) {
            guard socket >= 0 else { return }
            writeLast(bytes, to: socket, shuttingDown: SHUT_RDWR)
        }
    }

    private let state: Locked<State>

    init(socket: Int32) {
        state = Locked(State(socket: socket))
    }

    func begin(_ exchange: Exchange) {
        state.withLock { state in
            state.exchange = exchange
            state.wasDeserted = false
        }
    }

    /// A request whose end is an error has not been read to its end.
    func end(isBroken: Bool) {
        state.withLock { state in
            state.exchange = nil
            state.idleSince = .now
            state.hasServed = true
            if isBroken, state.lingeringRoom == nil { state.lingeringRoom = LingeringSockets.room(forBody: 0) }
        }
    }

    /// Has what the client still sends read once the connection is closed, up to so many bytes.
    func lingerOnceClosed(room: Int) {
        state.withLock { $0.lingeringRoom = room }
    }

    /// Answers how much of what the client still sends is to be read; nil where nothing is.
    ///
    /// libmicrohttpd says so before it closes the socket, so under this lock the number is never that of another connection.
    func close() -> Int? {
        state.withLock { state in
            // What libmicrohttpd refuses before it knows a target has no exchange.
            if !state.hasServed, state.lingeringRoom == nil, state.hasUnread {
                state.lingeringRoom = LingeringSockets.room(forBody: 0)
            }
            state.socket = -1
            state.exchange = nil
            return state.lingeringRoom
        }
    }

    /// Ends what is under way: a computation is answered with the failure, an upload is cut with it.
    func abandon(_ failure: HTTPFailure) {
        guard let exchange = state.withLock({ $0.exchange }) else { return }
        exchange.fail(failure)
        if let bytes = exchange.cut(failure) { hangUp(saying: bytes) }
    }

    /// Ends a request that has not come in time.
    ///
    /// libmicrohttpd's own time-out counts from the last byte, so a byte now and then holds a connection for ever. A head has
    /// `seconds`; a body has as long and a second more for each `bytesPerSecond` of it that have come.
    func cutIfOverdue(now: Moment, seconds: Int, bytesPerSecond: Int, headOverdue: () -> [UInt8]) {
        let isComputing = state.withLock { $0.exchange }?.isComputing ?? false
        let (exchange, idleSince, isDeserted) = state.withLock {
            ($0.exchange, $0.idleSince, $0.isStillDeserted(whileComputing: isComputing))
        }
        if isDeserted {
            if exchange?.cutDeserted() ?? true { hangUp(saying: []) }
        } else if let exchange {
            let bytes = exchange.cut(.bodyTooSlow) { started, received in
                started.distance(to: now) > Double(seconds + received / bytesPerSecond)
            }
            if let bytes { hangUp(saying: bytes) }
        } else if idleSince.distance(to: now) > Double(seconds + 2) {
            // An idle connection would be gone by now, so this one has begun a head, or meanwhile a request.
            let bytes = headOverdue()
            state.withLock { if $0.exchange == nil, $0.idleSince == idleSince { $0.hangUp(saying: bytes) } }
        }
    }

    private func hangUp(saying bytes: [UInt8]) {
        state.withLock { $0.hangUp(saying: bytes) }
    }
}
