import Dispatch
import Glibc
import Synchronization

/// The sockets of connections that were answered and closed while their clients were still sending. What comes is read and
/// thrown away.
///
/// A socket that is closed with unread bytes resets its connection, and a client that writes its whole request before it reads
/// then sees a broken pipe in place of the answer (RFC 9112 §9.6). Such a socket is closed once its client closes its own side,
/// has sent as much as there is room for, sends less than `slowestBytesPerSecond`, or has taken `mostSeconds`.
///
/// These sockets take no place of `maxConnections`, and no request is in flight on them. There are at most `mostSockets`: the
/// oldest is closed when one more comes.
final class LingeringSockets: @unchecked Sendable {
    // Sendable: `sockets` is used on the queue only, and libdispatch's objects may be used from any thread.

    /// The room for a body whose length is not announced, and the least for others.
    private static let usualRoom = 16 << 20
    private static let mostRoom = 512 << 20
    private static let mostSeconds = 300.0
    /// A client's rate is that of so many seconds, so that a pause is not the end.
    private static let pauseSeconds = 5.0
    private static let slowestBytesPerSecond = 1_024
    /// So much is read of one socket before it is the next one's turn.
    private static let bytesInARow = 1 << 20
    private static let bytesAtOnce = 65_536

    private struct Lingering {
        let source: any DispatchSourceRead
        let began: Moment
        var room: Int
        /// When the rate was last looked at, and what has come since.
        var lookedAt: Moment
        var recentBytes = 0
    }

    private let mostSockets: Int
    private let queue = DispatchQueue(label: "ropewalk.linger")
    private var sockets: [Int32: Lingering] = [:]
    private let added = Atomic<Int>(0)

    init(mostSockets: Int) {
        self.mostSockets = mostSockets
    }

    /// How much of a body of this length is read: all of it, within bounds.
    static func room(forBody announced: Int) -> Int {
        min(max(announced, usualRoom), mostRoom)
    }

    var count: Int { added.load(ordering: .sequentiallyConsistent) }

    /// Reads on from a socket that its owner is about to close and that has been shut down for writing.
    func add(copyOf socket: Int32, room: Int) {
        let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        // Without a free descriptor the connection is closed as it is.
        guard copy >= 0 else { return }
        added.add(1, ordering: .sequentiallyConsistent)
        queue.async { self.begin(copy, room: room) }
    }

    /// Closes the sockets whose time is over.
    func closeOverdue(now: Moment) {
        guard count > 0 else { return }
        queue.async {
            for (socket, lingering) in self.sockets {
                let pause = lingering.lookedAt.distance(to: now)
                if lingering.began.distance(to: now) > Self.mostSeconds {
                    self.end(socket)
                } else if pause > Self.pauseSeconds {
                    let isSlow = Double(lingering.recentBytes) < pause * Double(Self.slowestBytesPerSecond)
                    if isSlow { self.end(socket) }
                    self.sockets[socket]?.lookedAt = now
                    self.sockets[socket]?.recentBytes = 0
                }
            }
        }
    }

    func closeAll() {
        queue.sync {
            for socket in sockets.keys { end(socket) }
        }
    }

    private func begin(_ socket: Int32, room: Int) {
        if sockets.count >= mostSockets, let oldest = sockets.min(by: { $0.value.began.isBefore($1.value.began) }) {
            end(oldest.key)
        }
        let source = DispatchSource.makeReadSource(fileDescriptor: socket, queue: queue)
        source.setEventHandler { [weak self] in self?.read(socket) }
        // libdispatch still watches the descriptor until it says so.
        source.setCancelHandler { close(socket) }
        sockets[socket] = Lingering(source: source, began: .now, room: room, lookedAt: .now)
        source.resume()
    }

    private func end(_ socket: Int32) {
        guard let lingering = sockets.removeValue(forKey: socket) else { return }
        lingering.source.cancel()
        added.subtract(1, ordering: .sequentiallyConsistent)
    }

    private func read(_ socket: Int32) {
        guard let room = sockets[socket]?.room else { return }
        guard let count = Self.discard(from: socket), count <= room else { return end(socket) }
        sockets[socket]?.room -= count
        sockets[socket]?.recentBytes += count
    }

    /// Reads what there is, up to a bound, and answers how much it was; nil at the end of the connection.
    private static func discard(from socket: Int32) -> Int? {
        unsafe withUnsafeTemporaryAllocation(byteCount: bytesAtOnce, alignment: 1) { buffer in
            var total = 0
            while total < bytesInARow {
                // Sockets are set not to block when they are accepted.
                let count = unsafe recv(socket, buffer.baseAddress, buffer.count, 0)
                if count < 0 && [EAGAIN, EINTR].contains(errno) { return total }
                guard count > 0 else { return nil }
                total += count
            }
            return total
        }
    }
}
