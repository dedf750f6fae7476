extension Exchange {
    enum Phase {
        case head
        /// The head is read, and no body follows.
        case bodiless
        case receiving(BodyBuffer, ByteBudget.Reservation)
        /// The body is read and thrown away, then the response is sent: the connection survives a refusal.
        case discarding(HTTPResponse, room: Int)
        /// Suspended until a compute thread has the response, or nobody wants it any more.
        case computing(MHDConnection, Cancellation, since: Moment)
        case ready(HTTPResponse)
        case answered
        /// The server has closed the connection from its side.
        case cut
    }

    struct State {
        var phase = Phase.head
        var head: HTTPRequest
        /// What serves the request; nil until the head is read, and where it is refused for what it is.
        var route: (any HTTPRoute)?
        var isHeadRead = false
        /// Of a body in chunks, where libmicrohttpd does not check the lines between them itself.
        var framing: ChunkFraming?
        var bytesReceived = 0
        /// Of the response, once there is one.
        var status = 0
        /// Whether the response was written to its end, bypassing libmicrohttpd.
        var isSaid = false
        var refusalReason: String?
        /// Bytes of the response's body.
        var bytesSent = 0
        var phases = PhaseTimes()
        /// How long it waited for a compute thread, once that is over.
        var queueSeconds: Double?
        /// What body and answer take of the budget, held until this exchange goes: a computation keeps it, and the body with it.
        var reservations: [ByteBudget.Reservation] = []
    }
}

extension Exchange.State {
    /// Whether the lines around a piece of a body are as they should be, or nobody reads the body any more.
    mutating func accepts(_ piece: UnsafeRawBufferPointer) -> Bool {
        switch phase {
        case .receiving, .discarding: unsafe framing?.accepts(piece) ?? true
        default: true
        }
    }

    /// Notes how long the request waited for a thread: until its work began, or until it was ended before that.
    mutating func endWait(since submitted: Moment) {
        queueSeconds = queueSeconds ?? submitted.distance(to: .now)
    }

    /// Keeps what the record will say of a response, and its bytes in the budget; the bytes themselves are libmicrohttpd's now.
    ///
    /// Answers what the response will say of the request.
    mutating func keep(_ response: HTTPResponse) -> (id: String, queueSeconds: Double?) {
        if let reservation = response.reservation { reservations.append(reservation) }
        status = response.status
        refusalReason = response.refusalReason
        phases = response.phases
        bytesSent = head.method == "HEAD" || response.status == 304 ? 0 : response.body.count
        return (head.id, queueSeconds)
    }

    /// Goes on to the end, and answers whether all of the answer was sent. `bytesLeft` is nil where libmicrohttpd says so.
    mutating func end(bytesLeft: Int?) -> Bool {
        defer { phase = .answered }
        guard let bytesLeft, !isSaid else { return true }
        // What was said bypassing libmicrohttpd, when the connection was cut, is as much as the socket took.
        if case .answered = phase { bytesSent = min(bytesSent, bytesLeft) }
        return false
    }

    func record(since started: Moment, route: String?, isComplete: Bool) -> HTTPRecord {
        var phases = phases
        phases[.queue] = queueSeconds
        return HTTPRecord(
            id: head.id, method: head.method.isEmpty ? "?" : head.method, route: route, status: status,
            refusalReason: refusalReason,
            bytesReceived: bytesReceived, bytesSent: bytesSent, seconds: started.distance(to: .now),
            phases: phases, isComplete: isComplete)
    }
}
