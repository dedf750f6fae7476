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

    var isComputing: Bool {
        state.withLock { if case .computing = $0.phase { true } else { false } }
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
    /// `isOverdue` is asked with when the request began and how much of it has come.
    func cut(
        _ failure: HTTPFailure, if isOverdue: (Moment, Int) -> Bool = { _, _ in true }
    ) -> [UInt8]? {
        guard let head = cut(if: isOverdue) else { return nil }
        let isTold = state.withLock { $0.status != 0 }
        guard !isTold else { return [] }
        let response = server.application.response(to: failure, of: head)
        let answered = state.withLock { $0.keep(response) }
        return response.bytes(extraHeaders: commonHeaders(for: response, answered).headers)
    }

    /// Ends a request whose client has gone while it was on its way or computed; false where neither is.
    func cutDeserted() -> Bool {
        guard let cancellation = leaveComputing(for: .cut) else { return cut(if: { _, _ in true }) != nil }
        cancellation.cancel()
        return true
    }

    private func cut(if isOverdue: (Moment, Int) -> Bool) -> HTTPRequest? {
        state.withLock { state in
            guard isOverdue(started, state.bytesReceived) else { return nil }
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
