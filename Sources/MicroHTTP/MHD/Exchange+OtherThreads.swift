/// What threads other than the connection's own do to an exchange.
extension Exchange {
    /// Hands over the response of a computation; of two, the first counts.
    func finish(_ response: HTTPResponse) {
        _ = leaveComputing(for: .ready(response))
    }

    /// Ends a computation, if one is under way, with a failure.
    func fail(_ failure: HTTPFailure) {
        let computing: HTTPRequest? = state.withLock { state in
            if case .computing = state.phase { state.head } else { nil }
        }
        guard let computing else { return }
        leaveComputing(for: .ready(server.application.response(to: failure, of: computing)))?.cancel()
    }

    /// How many bytes of a body this exchange holds while more of it is to come.
    var heldByteCount: Int {
        state.withLock { if case .receiving = $0.phase { $0.bytesReceived } else { 0 } }
    }

    /// Refuses a body that is on its way, so that one that began earlier has room for its own. False where none is on its way.
    func giveWay() -> Bool {
        let count = state.withLock { $0.bytesReceived }
        let failure = HTTPFailure.buffersFull(limit: server.budget.limit, asked: count)
        let response = server.application.response(to: failure, of: state.withLock { $0.head })
        return state.withLock { state in
            guard case .receiving(_, let reservation) = state.phase else { return false }
            // Its own thread may be about to ask for more.
            reservation.giveUp()
            state.phase = .discarding(response, room: server.configuration.maxBodyBytes)
            return true
        }
    }

    /// What can be waited for too long.
    enum Movement: Equatable {
        /// The request is on its way, and so many bytes of its body have come.
        case arriving(Int)
        case computing
        /// The answer is on its way.
        case leaving
    }

    var movement: Movement {
        state.withLock { state in
            switch state.phase {
            case .head, .receiving, .discarding: .arriving(state.bytesReceived)
            case .computing: .computing
            case .bodiless, .ready, .answered, .cut: .leaving
            }
        }
    }

    /// Goes on from a computation to a phase, and answers what cancels the computation; nil where none is under way.
    private func leaveComputing(for phase: Phase) -> Cancellation? {
        let left: (connection: MHDConnection, cancellation: Cancellation)? = state.withLock { state in
            guard case .computing(let connection, let cancellation, let submitted) = state.phase else { return nil }
            state.phase = phase
            state.endWait(since: submitted)
            return (connection, cancellation)
        }
        guard let left else { return nil }
        left.connection.resume()
        server.exchangeResumed()
        return left.cancellation
    }

    /// Ends a request that is still on its way: what the client is to be told, or nil where none is, or it is not overdue.
    ///
    /// With `bytesReceived` it is ended only where as many bytes of its body have come, and no more.
    func cut(_ failure: HTTPFailure, ifReceived bytesReceived: Int? = nil) -> [UInt8]? {
        guard let head = cutHead(ifReceived: bytesReceived) else { return nil }
        let isTold = state.withLock { $0.status != 0 }
        guard !isTold else { return [] }
        let response = server.application.response(to: failure, of: head)
        let answered = state.withLock { $0.keep(response) }
        return response.bytes(extraHeaders: commonHeaders(for: response, answered).headers)
    }

    /// Ends a request whose client has gone while it was on its way or computed; false where neither is.
    func cutDeserted() -> Bool {
        guard let cancellation = leaveComputing(for: .cut) else { return cutHead() != nil }
        cancellation.cancel()
        return true
    }

    private func cutHead(ifReceived bytesReceived: Int? = nil) -> HTTPRequest? {
        state.withLock { state in
            guard bytesReceived == nil || bytesReceived == state.bytesReceived else { return nil }
            switch state.phase {
            case .head, .receiving, .discarding:
                state.phase = .cut
                return state.head
            default:
                return nil
            }
        }
    }
}
