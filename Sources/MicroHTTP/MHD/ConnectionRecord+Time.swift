/// Ends connections on which nothing happens for too long. libmicrohttpd keeps no time itself: it would count
/// from the last byte, so that one now and then holds a connection for ever, and it does not know what the client has taken.
extension ConnectionRecord {
    /// Ends a request, an answer or an idle connection whose time is over.
    ///
    /// A head has `limits.seconds`. A body and an answer have as long for each of their bytes, and over all a second more for each
    /// `limits.bytesPerSecond`.
    ///
    /// `headOverdue` is called where no request line has come in time, with what hangs up: it answers whether it did.
    func cutIfOverdue(
        now: Moment, limits: Pace.Limits, headOverdue: (_ hangUp: ([UInt8]) -> Bool) -> Void
    ) {
        let movement = exchange?.movement
        let (exchange, idleSince, isDeserted) = state.withLock { state in
            // A client that has shut down its side may still read an answer.
            let isDeserted = movement != .leaving && state.isStillDeserted(whileComputing: movement == .computing)
            return (state.exchange, state.idleSince, isDeserted)
        }
        if isDeserted {
            if exchange?.cutDeserted() ?? true { hangUp(saying: []) }
        } else if let exchange {
            cutIfOverdue(exchange, now: now, limits: limits)
        } else if isHeadOverdue(idleSince: idleSince, now: now, limits: limits) {
            headOverdue { bytes in
                state.withLock { state in
                    guard state.exchange == nil, state.idleSince == idleSince, state.socket >= 0 else { return false }
                    state.hangUp(saying: bytes)
                    return true
                }
            }
        }
    }

    private func cutIfOverdue(_ exchange: Exchange, now: Moment, limits: Pace.Limits) {
        switch exchange.movement {
        case .arriving(let count):
            if isStuck(exchange), let bytes = exchange.cut(.headTooLarge(limit: Daemon.mostHeadBytes)) {
                return hangUp(saying: bytes)
            }
            let isOverdue = state.withLock { state in
                state.exchange === exchange && state.isArrivalOverdue(exchange, count, now: now, limits: limits)
            }
            if isOverdue, let bytes = exchange.cut(.bodyTooSlow, ifReceived: count) { hangUp(saying: bytes) }
        case .leaving:
            state.withLock { state in
                guard state.exchange === exchange, let progress = SocketProgress(of: state.socket) else { return }
                if state.isDepartureOverdue(progress, now: now, limits: limits) { state.reset() }
            }
        case .computing:
            break
        }
    }

    /// Whether libmicrohttpd has no memory left for the rest of a head. 0.9.75 then stops reading, and says nothing.
    ///
    /// A thread that has no time looks the same, so that a head is only given up once more of it has been read than is served.
    /// After an earlier request the bytes of a head are not known, and time has to tell.
    private func isStuck(_ exchange: Exchange) -> Bool {
        let isReadingHead = exchange.isReadingHead
        return state.withLock { state in
            guard isReadingHead, state.hasUnread else {
                state.stuckLooks = 0
                return false
            }
            state.stuckLooks += 1
            guard state.hasServed else {
                return state.stuckLooks > 1 && SocketProgress(of: state.socket).map(\.read) ?? 0 > Daemon.mostHeadBytes
            }
            return state.stuckLooks > Self.mostStuckLooks
        }
    }

    /// There are four looks a second.
    private static let mostStuckLooks = 40

    /// Retires the connection where it has been idle for long enough. Answers whether it is not idle instead, but has begun a
    /// head and not ended it.
    private func isHeadOverdue(idleSince: Moment, now: Moment, limits: Pace.Limits) -> Bool {
        state.withLock { state in
            guard state.exchange == nil, state.idleSince == idleSince, state.socket >= 0 else { return false }
            state.settle()
            let seconds = idleSince.distance(to: now)
            guard seconds > Double(limits.seconds) else { return false }
            let isLongOver = seconds > Double(limits.seconds + 2)
            guard let progress = SocketProgress(of: state.socket) else { return isLongOver }
            if !progress.isAllAcknowledged {
                if state.isDepartureOverdue(progress, now: now, limits: limits) { state.reset() }
                return false
            }
            guard state.hasBegunToSend(progress, within: seconds) else {
                state.retire()
                return false
            }
            return isLongOver
        }
    }

    private static let leastIdleSeconds = 0.05

    /// When the connection became idle; nil where it is not.
    var idleSince: Moment? {
        state.withLock { $0.exchange == nil && $0.socket >= 0 && !$0.isRetired ? $0.idleSince : nil }
    }

    /// Whether the connection is about to give its place to another.
    var isMakingRoom: Bool {
        state.withLock { $0.exchange == nil && $0.socket >= 0 && $0.isRetired }
    }

    /// Retires the connection if it is idle: all of the last answer has arrived, and nothing has come since. False where it is
    /// not, or only has been for a moment: libmicrohttpd may then have read a request of which this record does not know yet.
    func retireIfIdle(now: Moment) -> Bool {
        state.withLock { state in
            let seconds = state.idleSince.distance(to: now)
            guard seconds > Self.leastIdleSeconds, state.exchange == nil, state.socket >= 0, !state.isRetired,
                !state.hasUnread, let progress = SocketProgress(of: state.socket), progress.isAllAcknowledged,
                !state.hasBegunToSend(progress, within: seconds)
            else { return false }
            state.retire()
            return true
        }
    }
}
