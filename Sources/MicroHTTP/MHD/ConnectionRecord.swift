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
        /// True once a request line has come.
        var hasBegun = false
        /// True once this server has hung up.
        var isCut = false
        /// How many looks in a row have found a head that libmicrohttpd has stopped reading.
        var stuckLooks = 0

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
            var byte: UInt8 = 0
            let count = unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
            return count == 0 || (count < 0 && ![EAGAIN, EINTR].contains(errno))
        }

        var hasUnreadBytes: Bool {
            var byte: UInt8 = 0
            return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
        }

        private var hasHungUp: Bool {
            var poller = pollfd(fd: socket, events: Int16(CMicroHTTPD_POLLRDHUP), revents: 0)
            return unsafe poll(&poller, 1, 0) > 0
        }

        /// Writes what fits into the socket's buffer and shuts the connection down; libmicrohttpd then sees its end and
        /// closes it.
        mutating func hangUp(saying bytes: [UInt8]) {
            guard socket >= 0 else { return }
            isCut = true
            writeLast(bytes, to: socket, shuttingDown: SHUT_RDWR)
        }
    }

    private let connection: MHDConnection
    /// What its I/O thread is known by.
    let owner: ObjectIdentifier
    private let state: Locked<State>

    init(_ connection: MHDConnection, socket: Int32, owner: ObjectIdentifier) {
        self.connection = connection
        self.owner = owner
        state = Locked(State(socket: socket))
    }

    func begin(_ exchange: Exchange) {
        state.withLock { state in
            state.exchange = exchange
            state.wasDeserted = false
            state.hasBegun = true
            state.stuckLooks = 0
        }
    }

    /// True where the client has sent something that never became a request, and nothing else says so: libmicrohttpd closes the
    /// connection without an answer where a line has no space. To be asked before `close`.
    var endsUnanswered: Bool {
        state.withLock { state in
            !state.hasBegun && !state.isCut && state.socket >= 0 && CMicroHTTPD_has_received(state.socket)
        }
    }

    func end() {
        state.withLock { state in
            state.exchange = nil
            state.idleSince = .now
        }
    }

    /// Says what libmicrohttpd is about to say of this connection's head, if the head is complete and no handler has seen it: there
    /// is one such connection at most on a thread. To be called on the I/O thread.
    func refuseWholeHead(status: Int) {
        guard let exchange = state.withLock({ $0.exchange }), exchange.isReadingHead, connection.headByteCount > 0
        else {
            return
        }
        exchange.refuseWholeHead(status: status, on: connection)
    }

    /// libmicrohttpd says so before it closes the socket, so under this lock the number is never that of another connection.
    func close() {
        state.withLock { state in
            state.socket = -1
            state.exchange = nil
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
    /// `headOverdue` is called where no request line has come in time, with what hangs up: it answers whether it did.
    func cutIfOverdue(
        now: Moment, seconds: Int, bytesPerSecond: Int, headOverdue: (_ hangUp: ([UInt8]) -> Bool) -> Void
    ) {
        let isComputing = state.withLock { $0.exchange }?.isComputing ?? false
        let (exchange, idleSince, isDeserted) = state.withLock {
            ($0.exchange, $0.idleSince, $0.isStillDeserted(whileComputing: isComputing))
        }
        if isDeserted {
            if exchange?.cutDeserted() ?? true { hangUp(saying: []) }
        } else if let exchange {
            if isStuck(exchange), let bytes = exchange.cut(.headTooLarge(limit: Daemon.mostHeadBytes)) {
                return hangUp(saying: bytes)
            }
            let bytes = exchange.cut(.bodyTooSlow) { started, received in
                started.distance(to: now) > Double(seconds + received / bytesPerSecond)
            }
            if let bytes { hangUp(saying: bytes) }
        } else if idleSince.distance(to: now) > Double(seconds + 2) {
            // An idle connection would be gone by now, so this one has begun a head, or meanwhile a request.
            headOverdue { bytes in
                state.withLock { state in
                    guard state.exchange == nil, state.idleSince == idleSince, state.socket >= 0 else { return false }
                    state.hangUp(saying: bytes)
                    return true
                }
            }
        }
    }

    /// Whether libmicrohttpd has no memory left for the rest of a head. 0.9.75 then stops reading, and says nothing until the
    /// connection times out. So do threads that have no time; hence several looks.
    private func isStuck(_ exchange: Exchange) -> Bool {
        let isReadingHead = exchange.isReadingHead
        return state.withLock { state in
            let isUnread = isReadingHead && state.socket >= 0 && state.hasUnreadBytes
            state.stuckLooks = isUnread ? state.stuckLooks + 1 : 0
            return state.stuckLooks > Self.mostStuckLooks
        }
    }

    /// There are four looks a second.
    private static let mostStuckLooks = 3

    private func hangUp(saying bytes: [UInt8]) {
        state.withLock { $0.hangUp(saying: bytes) }
    }
}
