extension Exchange {
    enum Phase {
        case head
        case receiving(BodyBuffer, ByteBudget.Reservation)
        /// The body is read and thrown away, then the response is sent: the connection survives a refusal.
        case discarding(HTTPResponse, room: Int)
        /// The response has been said past libmicrohttpd; what still comes is thrown away, so that the client can read it: a
        /// socket closed with bytes unread takes back what it sent.
        case lingering(room: Int)
        /// Suspended until a compute thread has the response, or nobody wants it any more.
        case computing(MHDConnection, Cancellation)
        case ready(HTTPResponse)
        case answered
        /// The server has closed the connection from its side.
        case cut
    }

    struct State {
        var phase = Phase.head
        var head: HTTPRequest
        var isHeadRead = false
        var bytesReceived = 0
        /// Of the response, once there is one.
        var status = 0
        var refusal: String?
        var bytesSent = 0
        var phases = PhaseTimes()
        /// What body and answer take of the budget, held until this exchange goes: a computation keeps it, and the body with it.
        var reservations: [ByteBudget.Reservation] = []
    }
}

extension Exchange.State {
    /// Keeps what the record will say of a response, and its bytes in the budget; the bytes themselves are libmicrohttpd's now.
    mutating func keep(_ response: HTTPResponse) {
        if let reservation = response.reservation { reservations.append(reservation) }
        status = response.status
        refusal = response.refusal
        phases = response.phases
        bytesSent = head.method == "HEAD" || response.status == 304 ? 0 : response.body.count
    }

    func record(since started: ContinuousClock.Instant, route: String?, isComplete: Bool) -> HTTPRecord {
        HTTPRecord(
            id: head.id, method: head.method, route: route, status: status, refusal: refusal,
            bytesReceived: bytesReceived, bytesSent: bytesSent, seconds: started.duration(to: .now) / .seconds(1),
            phases: phases, isComplete: isComplete)
    }
}
