import Glibc

/// An address to bind or connect to, of either family.
struct SocketAddress {
    private var storage: sockaddr_storage
    private let length: socklen_t

    /// The first address that the host's name or literal stands for. Throws `SocketError` where there is none.
    init(host: String, port: Int, isPassive: Bool) throws {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICSERV | (isPassive ? AI_PASSIVE : 0)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &found)
        guard code == 0, let first = unsafe found else {
            throw unsafe SocketError(
                description: "host \(host): \(String(cString: gai_strerror(code)))", isUnknownHost: true)
        }
        defer { unsafe freeaddrinfo(first) }
        storage = sockaddr_storage()
        length = unsafe first.pointee.ai_addrlen
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.copyMemory(
                from: UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: Int(first.pointee.ai_addrlen)))
        }
    }

    /// A stream socket of the address's family, or -1.
    func makeSocket(flags: UInt32) -> Int32 {
        socket(Int32(storage.ss_family), Int32(SOCK_STREAM.rawValue | flags), 0)
    }

    /// Calls `bind` or `connect` with the address.
    func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        unsafe withUnsafePointer(to: storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
