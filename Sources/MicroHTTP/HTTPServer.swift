import Dispatch
import Locking
import Synchronization

/// An HTTP/1.1 server: libmicrohttpd's threads do I/O, a pool of ours computes.
package final class HTTPServer: Sendable {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 takes any free port.
        package var port: Int
        package var maxBodyBytes: Int
        package var maxConnections: Int
        package var idleTimeoutSeconds: Int

        package init(
            host: String = "127.0.0.1", port: Int = 0, maxBodyBytes: Int = 1 << 27, maxConnections: Int = 512,
            idleTimeoutSeconds: Int = 65
        ) {
            self.host = host
            self.port = port
            self.maxBodyBytes = maxBodyBytes
            self.maxConnections = maxConnections
            self.idleTimeoutSeconds = idleTimeoutSeconds
        }
    }

    /// What the server holds at a moment.
    package struct Statistics: Sendable, Equatable {
        package var connections: Int
        /// Requests from their request line until their answer has left.
        package var inFlight: Int
        /// Requests in memory, whatever still holds them.
        package var retained: Int
        package var bufferedBytes: Int
        /// Connections that were answered and closed while their clients were still sending.
        package var lingering: Int
        /// Idle connections that were closed so far so that others got their places.
        package var closedForRoom: Int
    }

    let configuration: Configuration
    let application: any HTTPApplication
    let compute: ComputePool
    let budget: ByteBudget

    private enum Life: Int { case serving, draining, abandoning }
    private let life = Atomic<Int>(Life.serving.rawValue)
    private let inFlight = Atomic<Int>(0)
    private let retained = Atomic<Int>(0)
    private let suspended = Atomic<Int>(0)
    let closedForRoom = Atomic<Int>(0)
    /// Whether the next answer closes its connection, so that one that waits gets its place.
    let isPlaceWanted = Atomic<Bool>(false)
    let connections = Locked<[ObjectIdentifier: ConnectionRecord]>([:])
    private let places: Locked<ConnectionPlaces>
    private let running = Locked<Running?>(nil)
    private let lingering: LingeringSockets
    /// A queue of its own has a thread when it needs one, however many compute.
    private let clock = DispatchQueue(label: "ropewalk.clock")

    /// What exists between `start` and `stop`.
    private struct Running {
        let daemons: [Daemon]
        let acceptor: Acceptor
    }

    /// Slower than this, a body or an answer is not on its way but in the way. It is less than a modem brings.
    private static let slowestBytesPerSecond = 1_024
    /// With these and the usual number of connections, a process stays within the usual limit of 1 024 descriptors.
    static let mostLingering = 128
    /// So many checks of the drain must find nothing in flight: requests that have come and were not yet read show themselves.
    private static let quietChecks = 10
    /// What answers that are late get after the drain, to leave.
    private static let farewellSeconds = 1.0

    package init(
        configuration: Configuration, application: any HTTPApplication, compute: ComputePool, budget: ByteBudget
    ) {
        self.configuration = configuration
        self.application = application
        self.compute = compute
        self.budget = budget
        places = Locked(ConnectionPlaces(maxConnections: configuration.maxConnections))
        lingering = LingeringSockets(mostSockets: Self.mostLingering)
    }

    /// Listens, and answers the port. Throws `SocketError` where the address cannot be had.
    package func start() throws -> Int {
        let socket = try ListeningSocket(host: configuration.host, port: configuration.port)
        let threads = places.withLock { $0.counts.count }
        let daemons = (0..<threads).compactMap { _ in Daemon(serving: self) }
        guard daemons.count == threads else {
            for daemon in daemons { daemon.stop() }
            socket.close()
            throw SocketError(description: "libmicrohttpd could not start its threads")
        }
        let acceptor = Acceptor(socket, maxConnections: configuration.maxConnections, makeRoom: makeRoom) {
            connection in
            self.isPlaceWanted.store(false, ordering: .relaxed)
            let thread = self.places.withLock { $0.add(connection.descriptor) }
            guard daemons[thread].add(connection) else {
                self.places.withLock { $0.remove(connection.descriptor) }
                return false
            }
            return true
        }
        running.withLock { $0 = Running(daemons: daemons, acceptor: acceptor) }
        keepWatch()
        return socket.port
    }

    /// Stops accepting, gives what is in flight `drainSeconds`, answers 503 to what is then left, and returns when all is closed.
    package func stop(drainSeconds: Double) {
        let isFirst = life.compareExchange(
            expected: Life.serving.rawValue, desired: Life.draining.rawValue, ordering: .sequentiallyConsistent
        ).exchanged
        guard isFirst, let running = running.withLock({ $0 }) else { return }
        running.acceptor.stop()
        var quiet = 0
        wait(seconds: drainSeconds) {
            quiet = inFlight.load(ordering: .relaxed) == 0 ? quiet + 1 : 0
            return quiet > Self.quietChecks
        }
        life.store(Life.abandoning.rawValue, ordering: .sequentiallyConsistent)
        wait(seconds: Self.farewellSeconds) {
            abandonAll()
            return inFlight.load(ordering: .relaxed) == 0
        }
        // libmicrohttpd aborts the process where it finds a connection suspended. All are answered by now, and those who
        // answered them are about to resume them.
        wait(seconds: .infinity) {
            abandonAll()
            return suspended.load(ordering: .sequentiallyConsistent) == 0
        }
        for daemon in running.daemons { daemon.stop() }
        wait(seconds: Self.farewellSeconds) { lingering.count == 0 }
        lingering.closeAll()
        self.running.withLock { $0 = nil }
    }

    package var isDraining: Bool { life.load(ordering: .sequentiallyConsistent) != Life.serving.rawValue }
    var isAbandoning: Bool { life.load(ordering: .sequentiallyConsistent) == Life.abandoning.rawValue }

    package var statistics: Statistics {
        Statistics(
            connections: connections.withLock { $0.count }, inFlight: inFlight.load(ordering: .relaxed),
            retained: retained.load(ordering: .relaxed), bufferedBytes: budget.used,
            lingering: lingering.count, closedForRoom: closedForRoom.load(ordering: .relaxed))
    }

    /// The fields that every answer has.
    func commonHeaders(id: String, _ phases: PhaseTimes) -> CommonHeaders {
        let givesPlace =
            isPlaceWanted.load(ordering: .relaxed) && isPlaceWanted.exchange(false, ordering: .relaxed)
        return CommonHeaders(id: id, timing: phases.headerValue, closes: isDraining || givesPlace)
    }

    // MARK: What callbacks tell

    func connectionOpened(_ record: ConnectionRecord) {
        connections.withLock { $0[ObjectIdentifier(record)] = record }
    }

    func connectionClosed(_ record: ConnectionRecord, _ descriptor: Int32) {
        places.withLock { $0.remove(descriptor) }
        if let room = record.close() { lingering.add(copyOf: descriptor, room: room) }
        connections.withLock { $0[ObjectIdentifier(record)] = nil }
        running.withLock { $0?.acceptor }?.connectionEnded()
    }

    func exchangeBegan() {
        inFlight.add(1, ordering: .relaxed)
        retained.add(1, ordering: .relaxed)
    }

    func exchangeSuspended() {
        suspended.add(1, ordering: .sequentiallyConsistent)
    }

    func exchangeResumed() {
        suspended.subtract(1, ordering: .sequentiallyConsistent)
    }

    func exchangeEnded() {
        inFlight.subtract(1, ordering: .relaxed)
    }

    func exchangeReleased() {
        retained.subtract(1, ordering: .relaxed)
    }

    // MARK: Time

    /// The connections of an I/O thread.
    func records(of owner: ObjectIdentifier) -> [ConnectionRecord] {
        records().filter { $0.owner == owner }
    }

    func records() -> [ConnectionRecord] {
        connections.withLock { Array($0.values) }
    }

    private func abandonAll() {
        for record in records() { record.abandon(.stopping) }
        compute.dropCancelled()
    }

    /// Looks for what is overdue or deserted for as long as the server runs; often where connections wait for a place, which
    /// those that are deserted hold until they are seen twice, and which busy ones give once they are idle.
    private func keepWatch() {
        let isFull = connections.withLock { $0.count } >= configuration.maxConnections
        clock.asyncAfter(deadline: .now() + .milliseconds(isFull ? 25 : 250)) { [weak self] in
            guard let self, let acceptor = running.withLock({ $0?.acceptor }) else { return }
            cutWhatIsOverdue()
            if isFull { acceptor.makeRoomAgain() }
            keepWatch()
        }
    }

    private func cutWhatIsOverdue() {
        let now = Moment.now
        let limits = Pace.Limits(
            seconds: configuration.idleTimeoutSeconds, bytesPerSecond: Self.slowestBytesPerSecond)
        for record in records() {
            record.cutIfOverdue(now: now, limits: limits) { hangUp in
                let unknown = HTTPRequest(id: RequestID.next(), method: "?", target: RequestTarget(""))
                let response = application.response(to: .bodyTooSlow, of: unknown)
                guard hangUp(response.bytes(extraHeaders: ["X-Request-Id": unknown.id])) else { return }
                refused(unknown, status: response.status, reason: response.refusalReason)
            }
        }
        compute.dropCancelled()
        lingering.closeOverdue(now: now)
    }

    private func wait(seconds: Double, until isOver: () -> Bool) {
        let began = Moment.now
        let pause = DispatchSemaphore(value: 0)
        while !isOver(), began.distance(to: .now) < seconds {
            _ = pause.wait(timeout: .now() + .milliseconds(5))
        }
    }
}
