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

    let server: HTTPServer
    let started = Moment.now
    /// Bytes of the request's target, up to a NUL.
    let targetByteCount: Int
    let state: Locked<State>

    init(server: HTTPServer, target: String) {
        self.server = server
        targetByteCount = target.utf8.count
        state = Locked(State(head: HTTPRequest(id: RequestID.next(), method: "", target: RequestTarget(target))))
        server.exchangeBegan()
    }

    deinit {
        server.exchangeReleased()
    }

    /// The next step of the request; NO closes the connection.
    func proceed(
        _ connection: MHDConnection, _ line: RequestLine, upload: UnsafeRawBufferPointer
    ) -> MHD_Result {
        let isWhole = unsafe upload.isEmpty
        let (phase, head, route, isFramed) = state.withLock { state in
            state.bytesReceived += upload.count
            let isFramed = unsafe upload.isEmpty || state.accepts(upload)
            return (state.phase, state.head, state.route, isFramed)
        }
        guard isFramed else { return refuseFraming(of: head, on: connection) }
        switch phase {
        case .head:
            return begin(connection, head, line)
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
            guard upload.count <= room else { return say(response, on: connection) }
            return advance(to: .discarding(response, room: room - upload.count)) ? .YES : .NO
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
        _ connection: MHDConnection, _ unread: HTTPRequest, _ line: RequestLine
    ) -> MHD_Result {
        let name = unsafe String(cString: line.method)
        let isMethod = HeaderReader.isToken(name.utf8)
        var head = HTTPRequest(id: unread.id, method: isMethod ? name : "?", target: unread.target)
        var route: (any HTTPRoute)?
        guard connection.headByteCount <= Daemon.mostHeadBytes else { return refuseHead(head, on: connection) }
        do throws(HTTPFailure) {
            defer {
                state.withLock { [head, route] state in
                    state.head = head
                    state.route = route
                    state.isHeadRead = true
                }
            }
            guard isMethod, head.target.isUsable,
                line.isWhole(methodByteCount: name.utf8.count, targetByteCount: targetByteCount)
            else { throw .unusableRequestLine }
            let headers = try unsafe HeaderReader.read(from: connection, method: line.method, version: line.version)
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
            if headers["Transfer-Encoding"] != nil, !CMicroHTTPD_parses_strictly() {
                let headByteCount = connection.headByteCount
                let base = unsafe line.end(headByteCount: headByteCount)
                state.withLock { $0.framing = unsafe ChunkFraming(base: base, headByteCount: headByteCount) }
            }
            return advance(to: .receiving(body, reservation)) ? .YES : .NO
        } catch {
            // The fields of a head that cannot be used are not in the request.
            let announced = connection.announcedByteCount ?? 0
            return respondEarly(server.application.response(to: error, of: head), on: connection, body: announced)
        }
    }

    /// A refusal before the body: after it where the body is small and already on its way, at once where it is not.
    private func refuse(
        _ response: HTTPResponse, on connection: MHDConnection, body: Int, isAwaited: Bool
    ) -> MHD_Result {
        guard body <= Self.smallBody, body == 0 || !isAwaited else {
            return respondEarly(response, on: connection, body: body)
        }
        return advance(to: .discarding(response, room: Self.smallBody)) ? .YES : .NO
    }

    /// Responds on libmicrohttpd's first call, which makes it close the connection, whatever the client still sends.
    private func respondEarly(_ response: HTTPResponse, on connection: MHDConnection, body: Int) -> MHD_Result {
        connection.lingerOnceClosed(forBody: body == .max ? 0 : body)
        return respond(response, on: connection)
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
        } else if !reservation.resize(to: total), !server.makeRoom(for: self, resizing: reservation, to: total) {
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

    /// Writes a response where libmicrohttpd cannot, bypassing it, and closes the connection.
    func say(_ response: HTTPResponse, on connection: MHDConnection) -> MHD_Result {
        guard let answered = keep(response, goingOnTo: .answered) else { return .NO }
        let isSaid = connection.sayLast(response.bytes(extraHeaders: commonHeaders(for: response, answered).headers))
        state.withLock { $0.isSaid = isSaid }
        return .NO
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
        guard connection.hasRoom(for: response) else {
            return refuseHead(state.withLock { $0.head }, on: connection)
        }
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
}
