import CMicroHTTPD
import Glibc

extension ConnectionRecord {
    struct State {
        /// -1 once libmicrohttpd is about to close it.
        var socket: Int32
        var exchange: Exchange?
        var idleSince = Moment.now
        var hasServed = false
        /// True once this server has hung up.
        private(set) var isCut = false
        /// How many looks in a row have found a head that libmicrohttpd has stopped reading.
        var stuckLooks = 0
        /// How much is read and thrown away once libmicrohttpd has closed its side, where a request has asked for that.
        var lingeringRoom: Int?
        /// Whether the connection ends as soon as it is idle.
        var isRetired = false
        private var isReset = false

        /// The result of the look before this one; two in a row leave the I/O thread time to deliver what it has read.
        var wasDeserted = false
        /// The pace of the request under way, and of the answer that is leaving, once a look has seen them.
        private var arrival: Pace?
        private var departure: Pace?

        /// Bytes of all answers but the one under way: as the socket said when the connection was last seen idle, and since then
        /// as answers were long.
        private var bytesOfAnswers = 0
        private var isSettled = true
        /// Bytes of an answer's head. Only libmicrohttpd knows their number, and it matters only where an answer is cut.
        private static let usualHead = 256

        init(socket: Int32) {
            self.socket = socket
        }
    }
}

// MARK: Whether the client is there

extension ConnectionRecord.State {
    /// True where the client has closed its side, or the connection is reset: while a request comes, once all of it has
    /// been read; while one is computed, whatever of the next is still unread. libmicrohttpd 0.9.75 does not see this
    /// within a request, nor ever while one is computed.
    ///
    /// A client that has only shut down its writing side, and waits for the answer, looks the same until it is written
    /// to. It counts as gone, as with other servers: what is computed for longer than two looks, it does not get.
    mutating func isStillDeserted(whileComputing: Bool) -> Bool {
        // A retired socket looks deserted, and is not.
        guard socket >= 0, !isRetired else { return false }
        let isDeserted = whileComputing ? hasHungUp : hasEnded
        defer { wasDeserted = isDeserted }
        return isDeserted && wasDeserted
    }

    private var hasEnded: Bool {
        let count = peek()
        return count == 0 || (count < 0 && ![EAGAIN, EINTR].contains(errno))
    }

    private var hasHungUp: Bool {
        var poller = pollfd(fd: socket, events: Int16(CMicroHTTPD_POLLRDHUP), revents: 0)
        return unsafe poll(&poller, 1, 0) > 0
    }

    /// How much of what the client still sends is to be read once the connection is closed; nil where nothing is.
    var roomAfterClose: Int? {
        if isReset { return nil }
        // A request that libmicrohttpd refuses before it knows the target has no exchange.
        return lingeringRoom ?? (!hasServed && hasUnread ? LingeringSockets.room(forBody: 0) : nil)
    }

    /// Whether the client has sent something since the connection began or its last answer left, which was `seconds` ago.
    func hasBegunToSend(_ progress: SocketProgress, within seconds: Double) -> Bool {
        hasServed ? progress.hasReceived(within: seconds) : progress.hasReceived
    }

    var hasUnread: Bool { socket >= 0 && peek() > 0 }

    private func peek() -> Int {
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
    }
}

// MARK: What has moved

extension ConnectionRecord.State {
    mutating func isArrivalOverdue(_ exchange: Exchange, _ bytesReceived: Int, now: Moment, limits: Pace.Limits) -> Bool
    {
        var pace = arrival ?? Pace(since: exchange.started, count: 0)
        defer { arrival = pace }
        return pace.isOverdue(bytesReceived, now: now, limits: limits)
    }

    /// Bytes that libmicrohttpd has written need not have left: they may fill the socket's buffer, of some megabytes.
    mutating func isDepartureOverdue(_ progress: SocketProgress, now: Moment, limits: Pace.Limits) -> Bool {
        var pace = departure ?? Pace(since: now, count: progress.acknowledged)
        defer { departure = pace }
        return pace.isOverdue(progress.acknowledged, now: now, limits: limits)
    }

    mutating func noteAnswer(bytesSent: Int) {
        (arrival, departure) = (nil, nil)
        bytesOfAnswers += bytesSent + Self.usualHead
        isSettled = false
    }

    /// Asks the socket of an idle connection how much it has sent, once after each time that it was not idle.
    mutating func settle() {
        guard !isSettled, exchange == nil, let progress = SocketProgress(of: socket), progress.isAllAcknowledged else {
            return
        }
        bytesOfAnswers = progress.acknowledged
        isSettled = true
    }

    var bytesOfAnswerThatLeft: Int {
        guard let progress = SocketProgress(of: socket) else { return 0 }
        return max(0, progress.acknowledged - bytesOfAnswers - Self.usualHead)
    }
}

// MARK: Ends

extension ConnectionRecord.State {
    /// Writes what fits into the socket's buffer and shuts the connection down; libmicrohttpd then sees its end and
    /// closes it.
    mutating func hangUp(saying bytes: [UInt8]) {
        guard socket >= 0 else { return }
        isCut = true
        writeLast(bytes, to: socket, shuttingDown: SHUT_RDWR)
    }

    /// Ends the connection with a reset, which also throws away what the client has not taken.
    mutating func reset() {
        guard socket >= 0 else { return }
        (isReset, isCut) = (true, true)
        var lingering = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Ends the connection as if the client had closed it: libmicrohttpd closes it when it finds nothing more to read.
    ///
    /// A request that has arrived by then is still read and answered. One that arrives later is lost unanswered, as with every
    /// server that closes a connection that it keeps alive; clients send it again.
    mutating func retire() {
        guard socket >= 0, !isRetired else { return }
        isRetired = true
        shutdown(socket, Int32(SHUT_RD))
    }
}
