import Locking

/// A connection as other threads see it: its socket, and the exchange under way on it.
final class ConnectionRecord: Sendable {
    private let connection: MHDConnection
    /// What its I/O thread is known by.
    let owner: ObjectIdentifier
    let state: Locked<State>

    init(_ connection: MHDConnection, socket: Int32, owner: ObjectIdentifier) {
        self.connection = connection
        self.owner = owner
        state = Locked(State(socket: socket))
    }

    var exchange: Exchange? { state.withLock { $0.exchange } }

    func begin(_ exchange: Exchange) {
        state.withLock { state in
            state.exchange = exchange
            state.wasDeserted = false
            state.stuckLooks = 0
        }
    }

    /// Whether the client has sent something that never became a request: libmicrohttpd has refused it or, where a line has no
    /// space, has closed the connection without an answer. nil where the kernel's clock is too coarse to tell. To be asked before
    /// `close`.
    var endsUnanswered: Bool? {
        state.withLock { state in
            guard state.exchange == nil, !state.isCut, let progress = SocketProgress(of: state.socket) else {
                return false
            }
            let seconds = state.idleSince.distance(to: .now)
            if state.hasBegunToSend(progress, within: seconds) { return true }
            return state.hasServed && progress.mayHaveReceived(within: seconds) ? nil : false
        }
    }

    /// Ends a request, of whose answer's body so many bytes were sent. One whose end is an error has not been read to its end.
    func end(isBroken: Bool, bytesSent: Int) {
        state.withLock { state in
            state.exchange = nil
            state.idleSince = .now
            state.hasServed = true
            state.noteAnswer(bytesSent: bytesSent)
            if isBroken, state.lingeringRoom == nil { state.lingeringRoom = LingeringSockets.room(forBody: 0) }
        }
    }

    /// How much of the body of the answer under way the client has acknowledged, as far as can be known.
    func bytesOfAnswerThatLeft() -> Int {
        state.withLock { $0.bytesOfAnswerThatLeft }
    }

    /// Has what the client still sends read once the connection is closed, up to so many bytes.
    func lingerOnceClosed(room: Int) {
        state.withLock { $0.lingeringRoom = room }
    }

    /// Says what libmicrohttpd is about to say of this connection's head, if the head is complete and no handler has seen it: there
    /// is one such connection at most on a thread. To be called on the I/O thread.
    func refuseWholeHead(status: Int) {
        guard let exchange, exchange.isReadingHead, connection.headByteCount > 0
        else {
            return
        }
        exchange.refuseWholeHead(status: status, on: connection)
    }

    /// Answers how much of what the client still sends is to be read; nil where nothing is.
    ///
    /// libmicrohttpd says so before it closes the socket, so under this lock the number is never that of another connection.
    func close() -> Int? {
        state.withLock { state in
            let room = state.roomAfterClose
            state.socket = -1
            state.exchange = nil
            return room
        }
    }

    /// Ends what is under way: a computation is answered with the failure, an upload is cut with it.
    func abandon(_ failure: HTTPFailure) {
        guard let exchange else { return }
        exchange.fail(failure)
        if let bytes = exchange.cut(failure) { hangUp(saying: bytes) }
    }

    func hangUp(saying bytes: [UInt8]) {
        state.withLock { $0.hangUp(saying: bytes) }
    }
}
