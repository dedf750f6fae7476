import CMicroHTTPD

/// What an exchange refuses directly on the socket, and what libmicrohttpd refuses by itself.
extension Exchange {
    /// Refuses a body whose chunks are framed in a way that a proxy may read otherwise, and closes the connection after that.
    func refuseFraming(of head: HTTPRequest, on connection: MHDConnection) -> MHD_Result {
        let failure = HTTPFailure.unusableHeader(
            "Transfer-Encoding", reason: "announces chunks, and a line of them does not end in CR LF")
        return say(server.application.response(to: failure, of: head), on: connection)
    }

    /// Sends 431 directly on the socket: with this head, libmicrohttpd has no memory left for an answer.
    func refuseHead(_ head: HTTPRequest, on connection: MHDConnection) -> MHD_Result {
        state.withLock { $0.head = head }
        let response = server.application.response(to: .headTooLarge(limit: Daemon.mostHeadBytes), of: head)
        return say(response, on: connection)
    }

    /// The socket has taken all of the answer, or the connection is gone, after so many bytes of the answer's body.
    ///
    /// `bytesLeft` is nil where all of it was sent; `refusedStatus` is that of libmicrohttpd's own answer, where it has given one and
    /// nothing has told of it yet. Answers how many bytes of the body were sent.
    func complete(bytesLeft: Int?, refusedStatus: Int?) -> Int {
        let (route, head) = state.withLock { ($0.route, $0.head) }
        let pattern = (route ?? server.application.route(of: head)).pattern
        let reason = refusedStatus.flatMap { server.refusalReason(ofStatus: $0, head) }
        let (record, bytesSent): (HTTPRecord?, Int) = state.withLock { state in
            let isComplete = state.end(bytesLeft: bytesLeft) || refusedStatus != nil
            if let refusedStatus { (state.status, state.refusalReason) = (refusedStatus, reason) }
            guard state.isHeadRead || state.status != 0 else { return (nil, state.bytesSent) }
            return (state.record(since: started, route: pattern, isComplete: isComplete), state.bytesSent)
        }
        if let record { server.application.didFinish(record) }
        server.exchangeEnded()
        return bytesSent
    }

    /// Says directly on the socket what libmicrohttpd is about to say of a head that is complete. 0.9.75 writes the head of such an
    /// answer twice.
    func refuseWholeHead(status: Int, on connection: MHDConnection) {
        let failure: HTTPFailure =
            switch status {
            case 413: .bodyTooLarge(limit: server.configuration.maxBodyBytes, asked: .max)
            case 431: .headTooLarge(limit: Daemon.mostHeadBytes)
            default: .unusableHeader("Content-Length", reason: "is not a number of bytes")
            }
        let response = server.application.response(to: failure, of: state.withLock { $0.head })
        _ = say(response, on: connection)
    }

    /// Whether an answer to the request has been handed to libmicrohttpd or has been sent, and which of the two.
    var answered: (hasAnswer: Bool, isSaid: Bool) { state.withLock { ($0.status != 0, $0.isSaid) } }

    /// Whether the request line has come, and the header fields have not.
    var isReadingHead: Bool {
        state.withLock { if case .head = $0.phase { true } else { false } }
    }
}
