import Locking

/// A connection as other threads see it: its socket, and the exchange under way on it.
final class ConnectionRecord: Sendable {
    let state: Locked<State>

    init(socket: Int32) {
        state = Locked(State(socket: socket))
    }

    func begin(_ exchange: Exchange) {
        state.withLock { state in
            state.exchange = exchange
            state.wasDeserted = false
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
        guard let exchange = state.withLock({ $0.exchange }) else { return }
        exchange.fail(failure)
        if let bytes = exchange.cut(failure) { hangUp(saying: bytes) }
    }

    func hangUp(saying bytes: [UInt8]) {
        state.withLock { $0.hangUp(saying: bytes) }
    }
}
