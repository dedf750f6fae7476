import CMicroHTTPD
import FoundationEssentials
import Locking

/// One request and its answer, from the request line until the answer has left.
///
/// libmicrohttpd calls `proceed` on the connection's I/O thread: once with the head, then with each piece of the body, then
/// once more, and again after a suspension. Other threads `finish` a computation or end it, and `cut` what is on its way.
final class Exchange: Sendable {
    /// Of a body that is refused, this much is read for the sake of the connection: sending it costs less than a new one.
    private static let smallBody = 65_536

    /// So much more is read of a client that has been told why it is refused and sends on.
    private static let mostLingering = 16 << 20

    let server: HTTPServer
    let started = Moment.now
    let state: Locked<State>

    init(server: HTTPServer, target: String) {
        self.server = server
        state = Locked(State(head: HTTPRequest(id: RequestID.next(), method: "", target: RequestTarget(target))))
        server.exchangeBegan()
    }

    deinit {
        server.exchangeReleased()
    }

    /// The next step of the request; NO closes the connection.
    func proceed(
        _ connection: MHDConnection, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>,
        upload: UnsafeRawBufferPointer
    ) -> MHD_Result {
        let isWhole = unsafe upload.isEmpty
        let (phase, head, route) = state.withLock { state in
            state.bytesReceived += upload.count
            return (state.phase, state.head, state.route)
        }
        switch phase {
        case .head:
            return unsafe begin(connection, head, method: method, version: version)
        case .bodiless:
            return isWhole ? answer(head, route, on: connection) : .NO
        case .receiving(let body, let reservation) where isWhole:
            state.withLock { $0.reservations.append(reservation) }
            return answer(head.with(body: body.data()), route, on: connection)
        case .receiving(let body, let reservation):
            return unsafe receive(upload, into: body, reservation, head)
        case .discarding(let response, _) where isWhole:
            return respond(response, on: connection)
        case .discarding(let response, let room):
            guard upload.count <= room else { return linger(on: connection, saying: response) }
            return advance(to: .discarding(response, room: room - upload.count)) ? .YES : .NO
        case .lingering(let room):
            let isOver = isWhole || upload.count > room
            return !isOver && advance(to: .lingering(room: room - upload.count)) ? .YES : .NO
        case .ready(let response):
            return respond(response, on: connection)
        case .computing, .answered:
            return .YES
        case .cut:
            return .NO
        }
    }

    /// Goes on to a phase; false where another thread has cut the connection.
    private func advance(to phase: Phase) -> Bool {
        state.withLock { state in
            if case .cut = state.phase { return false }
            state.phase = phase
            return true
        }
    }

    /// The head is complete: refuse it, or make room for the body.
    private func begin(
        _ connection: MHDConnection, _ unread: HTTPRequest, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>
    ) -> MHD_Result {
        let name = unsafe String(cString: method)
        let isMethod = HeaderReader.isToken(name.utf8)
        var head = HTTPRequest(id: unread.id, method: isMethod ? name : "?", target: unread.target)
        var route: (any HTTPRoute)?
        guard connection.headByteCount <= Daemon.mostHeadBytes else { return sayThatHeadIsTooLarge(on: connection) }
        do throws(HTTPFailure) {
            defer {
                state.withLock { [head, route] state in
                    state.head = head
                    state.route = route
                    state.isHeadRead = true
                }
            }
            guard isMethod, head.target.isUsable else { throw .unusableRequestLine }
            let headers = try unsafe HeaderReader.read(from: connection, method: method, version: version)
            let id = headers["X-Request-Id"].flatMap { RequestID.isUsable($0) ? $0 : nil } ?? head.id
            head = HTTPRequest(id: id, method: head.method, target: head.target, headers: headers)
            if let expectation = headers["Expect"], expectation.lowercased() != "100-continue" {
                throw .unknownExpectation(expectation)
            }
            // A length that is no Int is larger than any limit.
            let announced = headers["Content-Length"].map { Int($0) ?? .max } ?? 0
            let found = server.application.route(of: head)
            route = found
            if let refusal = found.refusal(of: head) {
                let body = headers["Transfer-Encoding"] == nil ? announced : .max
                return refuse(refusal, on: connection, body: body, isAwaited: headers["Expect"] != nil)
            }
            if announced == 0, headers["Transfer-Encoding"] == nil {
                return advance(to: .bodiless) ? .YES : .NO
            }
            let limit = server.configuration.maxBodyBytes
            guard announced <= limit else { throw .bodyTooLarge(limit: limit, asked: announced) }
            // The bytes are taken as they come, so that announcing them holds nothing; whether they fit is asked before.
            guard announced <= server.budget.limit - server.budget.used, let reservation = server.budget.reserve(0)
            else { throw .buffersFull(limit: server.budget.limit, asked: announced) }
            guard let body = BodyBuffer(capacity: announced) else { throw .outOfMemory(asked: announced) }
            return advance(to: .receiving(body, reservation)) ? .YES : .NO
        } catch {
            return respond(server.application.response(to: error, of: head), on: connection)
        }
    }

    /// Says past libmicrohttpd what it says itself of a head that does not fit into its memory: this one leaves no room for an
    /// answer.
    private func sayThatHeadIsTooLarge(on connection: MHDConnection) -> MHD_Result {
        let text = Data(
            "The request line and header fields are longer than \(Daemon.mostHeadBytes) bytes, or are too many.\n".utf8)
        let response = HTTPResponse(status: 431, headers: ["Content-Type": "text/plain"], body: text)
        _ = say(response, on: connection, goingOnTo: .answered)
        return .NO
    }

    /// A refusal before the body: after it where the body is small and already on its way, at once where it is not.
    ///
    /// A response on the first call makes libmicrohttpd close the connection.
    private func refuse(
        _ response: HTTPResponse, on connection: MHDConnection, body: Int, isAwaited: Bool
    ) -> MHD_Result {
        guard body <= Self.smallBody, body == 0 || !isAwaited else { return respond(response, on: connection) }
        return advance(to: .discarding(response, room: Self.smallBody)) ? .YES : .NO
    }

    /// Adds a piece to the body, or turns to discarding where the limits end.
    private func receive(
        _ piece: UnsafeRawBufferPointer, into body: BodyBuffer, _ reservation: ByteBudget.Reservation,
        _ head: HTTPRequest
    ) -> MHD_Result {
        let limit = server.configuration.maxBodyBytes
        let total = body.count + piece.count
        let failure: HTTPFailure
        if total > limit {
            failure = .bodyTooLarge(limit: limit, asked: nil)
        } else if !reservation.resize(to: total) {
            failure = .buffersFull(limit: server.budget.limit, asked: total)
        } else if unsafe body.append(piece, growingTo: min(body.capacityNeeded(for: total), limit)) {
            return .YES
        } else {
            failure = .outOfMemory(asked: total)
        }
        // Once a body is coming, libmicrohttpd cannot answer before its end: as much again is read, and no more.
        let response = server.application.response(to: failure, of: head)
        return advance(to: .discarding(response, room: max(limit, Self.smallBody))) ? .YES : .NO
    }

    /// Says a response past libmicrohttpd, which would take it at the end of the body only.
    private func linger(on connection: MHDConnection, saying response: HTTPResponse) -> MHD_Result {
        say(response, on: connection, goingOnTo: .lingering(room: Self.mostLingering)) ? .YES : .NO
    }

    /// Says a response past libmicrohttpd and goes on to a phase; false where another thread has cut the connection.
    private func say(_ response: HTTPResponse, on connection: MHDConnection, goingOnTo phase: Phase) -> Bool {
        guard let answered = keep(response, goingOnTo: phase) else { return false }
        connection.sayLast(response.bytes(extraHeaders: commonHeaders(for: response, answered).headers))
        return true
    }

    private func answer(
        _ request: HTTPRequest, _ route: (any HTTPRoute)?, on connection: MHDConnection
    ) -> MHD_Result {
        guard let route, advance(to: .answered) else { return .NO }
        switch route.answer(request) {
        case .now(let response):
            return respond(response, on: connection)
        case .later(let work):
            // Counted before it is asked whether all is about to stop, so that one of the two sees the other.
            server.exchangeSuspended()
            guard !server.isAbandoning else {
                server.exchangeResumed()
                return respond(server.application.response(to: .stopping, of: request), on: connection)
            }
            let cancellation = Cancellation()
            connection.suspend()
            let submitted = Moment.now
            _ = advance(to: .computing(connection, cancellation, since: submitted))
            let isTaken = server.compute.submit(cancellation) {
                self.state.withLock { $0.endWait(since: submitted) }
                self.finish(work(cancellation))
            }
            if !isTaken {
                fail(.queueFull(limit: server.compute.maxWaiting))
            }
            return .YES
        }
    }

    private func respond(_ response: HTTPResponse, on connection: MHDConnection) -> MHD_Result {
        guard connection.hasRoom(for: response) else { return sayThatHeadIsTooLarge(on: connection) }
        guard let answered = keep(response, goingOnTo: .answered) else { return .NO }
        return connection.queue(response, commonHeaders(for: response, answered))
    }

    /// Keeps a response that is about to be sent, in one step with the phase, so that nobody else sends another.
    ///
    /// nil where another thread has cut the connection.
    private func keep(_ response: HTTPResponse, goingOnTo phase: Phase) -> (id: String, queueSeconds: Double?)? {
        state.withLock { state in
            if case .cut = state.phase { return nil }
            state.phase = phase
            return state.keep(response)
        }
    }

    func commonHeaders(
        for response: HTTPResponse, _ answered: (id: String, queueSeconds: Double?)
    ) -> CommonHeaders {
        var phases = response.phases
        phases[.queue] = answered.queueSeconds
        phases[.total] = started.distance(to: .now)
        return server.commonHeaders(id: answered.id, phases)
    }

    /// The answer has left, or the connection is gone.
    func complete(isComplete: Bool) {
        let (route, head) = state.withLock { ($0.route, $0.head) }
        let pattern = (route ?? server.application.route(of: head)).pattern
        let record: HTTPRecord? = state.withLock { state in
            state.phase = .answered
            return state.isHeadRead ? state.record(since: started, route: pattern, isComplete: isComplete) : nil
        }
        if let record { server.application.didFinish(record) }
        server.exchangeEnded()
    }
}
