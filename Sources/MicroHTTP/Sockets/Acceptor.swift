import Dispatch
import Glibc
import Synchronization

/// Takes connections from a listening socket and deals them out, so many at a time at most.
///
/// libmicrohttpd could do this, but 0.9.75 aborts the process, or locks itself up, when it stops listening or reaches its limit
/// of connections at the wrong moment; and of its threads one may get all connections.
final class Acceptor: @unchecked Sendable {
    // Sendable: the source is set once, and libdispatch's objects may be used from any thread; `isPaused` is used on the
    // queue only.
    private let socket: ListeningSocket
    private let maxConnections: Int
    private let makeRoom: @Sendable () -> Void
    private let serve: @Sendable (ListeningSocket.Accepted) -> Bool
    private let queue = DispatchQueue(label: "ropewalk.accept")
    private let source: any DispatchSourceRead
    private let open = Atomic<Int>(0)
    private var isPaused = false

    /// `serve` takes a connection, of which `connectionEnded` tells later, or answers false. `makeRoom` has one end, if it can,
    /// where all places are taken and a connection waits.
    init(
        _ socket: ListeningSocket, maxConnections: Int, makeRoom: @escaping @Sendable () -> Void,
        serve: @escaping @Sendable (ListeningSocket.Accepted) -> Bool
    ) {
        self.socket = socket
        self.maxConnections = maxConnections
        self.makeRoom = makeRoom
        self.serve = serve
        source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.takeWaiting() }
        source.resume()
    }

    func connectionEnded() {
        let before = open.subtract(1, ordering: .sequentiallyConsistent).oldValue
        if before >= maxConnections { queue.async { self.goOn() } }
    }

    /// Takes those that the kernel has accepted already, refuses all others from now on, and closes the socket.
    func stop() {
        let closed = DispatchSemaphore(value: 0)
        queue.sync {
            takeWaiting()
            source.setCancelHandler { [socket] in
                socket.close()
                closed.signal()
            }
            source.cancel()
            goOn()
        }
        closed.wait()
    }

    private func takeWaiting() {
        for _ in 0..<ListeningSocket.mostInARow {
            guard !isFull else { return waitForPlace() }
            guard let connection = socket.accept() else {
                // Out of descriptors or memory: the connection goes on waiting, and would call us without end.
                guard errno == EAGAIN || errno == EWOULDBLOCK else { return pause(milliseconds: 100) }
                return
            }
            open.add(1, ordering: .sequentiallyConsistent)
            if !serve(connection) { open.subtract(1, ordering: .sequentiallyConsistent) }
        }
    }

    private var isFull: Bool { open.load(ordering: .sequentiallyConsistent) >= maxConnections }

    private func waitForPlace() {
        // The source calls again as soon as a connection waits.
        guard socket.hasWaiting else { return }
        makeRoom()
        pause()
    }

    /// To be called now and then while all places are taken: who is busy now may be idle later.
    func makeRoomAgain() {
        queue.async { if self.isPaused, self.isFull { self.makeRoom() } }
    }

    /// Takes no more until a connection has ended or, where that is given, some time has passed.
    private func pause(milliseconds: Int? = nil) {
        guard !isPaused else { return }
        isPaused = true
        source.suspend()
        if let milliseconds {
            queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in self?.goOn() }
        } else if !isFull {
            // One ended before it could see that its end was awaited.
            goOn()
        }
    }

    private func goOn() {
        guard isPaused else { return }
        isPaused = false
        source.resume()
    }
}
