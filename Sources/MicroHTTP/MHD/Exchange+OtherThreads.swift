/// What threads other than the connection's own do to an exchange.
extension Exchange {
    /// Hands over the response of a computation; of two, the first counts.
    func finish(_ response: HTTPResponse) {
        let suspended: MHDConnection? = state.withLock { state in
            guard case .computing(let connection) = state.phase else { return nil }
            state.phase = .ready(response)
            return connection
        }
        guard let suspended else { return }
        suspended.resume()
        server.exchangeResumed()
    }

    /// Ends a computation, if one is under way, with a failure.
    func fail(_ failure: HTTPFailure) {
        let computing: HTTPRequest? = state.withLock { state in
            if case .computing = state.phase { state.head } else { nil }
        }
        if let computing { finish(server.application.response(to: failure, of: computing)) }
    }

    /// Ends a request that is still on its way: what the client is to be told, or nil where none is, or it is not overdue.
    ///
    /// `isOverdue` is asked with when the request began and how much of it has come.
    func cut(
        _ failure: HTTPFailure, if isOverdue: (ContinuousClock.Instant, Int) -> Bool = { _, _ in true }
    ) -> [UInt8]? {
        guard let head = cut(if: isOverdue) else { return nil }
        let isTold = state.withLock { $0.status != 0 }
        guard !isTold else { return [] }
        let response = server.application.response(to: failure, of: head)
        state.withLock { $0.keep(response) }
        return response.bytes(extraHeaders: server.commonHeaders(id: head.id))
    }

    /// Ends a request that is still on its way and whose client has gone; false where none is.
    func cutDeserted() -> Bool {
        cut(if: { _, _ in true }) != nil
    }

    private func cut(if isOverdue: (ContinuousClock.Instant, Int) -> Bool) -> HTTPRequest? {
        state.withLock { state in
            guard isOverdue(started, state.bytesReceived) else { return nil }
            switch state.phase {
            case .head, .receiving, .discarding, .lingering:
                state.phase = .cut
                return state.head
            default:
                return nil
            }
        }
    }
}
