import Glibc

/// A bound socket that listens.
struct ListeningSocket {
    let descriptor: Int32
    let port: Int

    /// A connection accepted by hand, with its peer's address.
    struct Accepted {
        let descriptor: Int32
        private let address: sockaddr_storage
        private let length: socklen_t

        init?(from listener: Int32) {
            var address = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            descriptor = unsafe withUnsafeMutablePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.accept(listener, $0, &length)
                }
            }
            guard descriptor >= 0 else { return nil }
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            self.address = address
            self.length = length
        }

        func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
            unsafe withUnsafePointer(to: address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
            }
        }
    }

    /// Binds the first address of `host`. Throws `SocketError`, which names the address.
    init(host: String, port: Int) throws {
        let address = try SocketAddress(host: host, port: port, isPassive: true)
        let listener = address.makeSocket(flags: SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard listener >= 0 else { throw SocketError(errnoAfter: "no socket for \(host)") }
        var on: Int32 = 1
        unsafe setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe address.withPointer({ unsafe bind(listener, $0, $1) }) == 0, listen(listener, SOMAXCONN) == 0
        else {
            let error = SocketError(errnoAfter: "cannot listen on \(host):\(port)")
            Glibc.close(listener)
            throw error
        }
        descriptor = listener
        self.port = Self.boundPort(of: listener)
    }

    /// The next connection that the kernel has accepted; nil where there is none.
    func accept() -> Accepted? {
        // One whose client is gone already, or a signal in between, says nothing of the next.
        for _ in 0..<Self.mostInARow {
            if let accepted = Accepted(from: descriptor) { return accepted }
            guard errno == ECONNABORTED || errno == EINTR else { return nil }
        }
        return nil
    }

    /// Whether there is one.
    var hasWaiting: Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&poller, 1, 0) > 0
    }

    /// So many connections the kernel keeps for us at most, and so many we take without looking up.
    static var mostInARow: Int { Int(SOMAXCONN) }

    func close() {
        Glibc.close(descriptor)
    }

    private static func boundPort(of descriptor: Int32) -> Int {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        unsafe withUnsafeMutablePointer(to: &address) {
            _ = unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        // The port stands at the same place in sockaddr_in and sockaddr_in6.
        return Int(UInt16(bigEndian: address.sin6_port))
    }
}
