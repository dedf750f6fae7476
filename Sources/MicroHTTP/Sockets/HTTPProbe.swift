import Glibc

/// Asks a server for one status, over a plain socket.
package struct HTTPProbe {
    private let host: String
    private let port: Int
    private let path: String

    /// nil unless the URL is `http://host[:port][/path]`; `standardPath` stands in for a path that is not given.
    package init?(url: String, standardPath: String) {
        guard url.hasPrefix("http://") else { return nil }
        let rest = url.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" }
        path = authority.endIndex == rest.endIndex ? standardPath : String(rest[authority.endIndex...])
        // [::1]:8080 has colons within its brackets.
        let hostEnd = authority.lastIndex(of: "]").map(authority.index(after:)) ?? authority.firstIndex(of: ":")
        let bracketed = authority[..<(hostEnd ?? authority.endIndex)]
        host = String(bracketed.hasPrefix("[") ? bracketed.dropFirst().dropLast() : bracketed)
        let portText = hostEnd.map { authority[$0...].dropFirst() } ?? ""
        guard !host.isEmpty, let port = portText.isEmpty ? 80 : Int(portText), (1...65_535).contains(port),
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.port = port
    }

    /// The status of a GET. Throws `SocketError` where there is none within the time.
    package func status(timeoutSeconds: Int) throws -> Int {
        let address = try SocketAddress(host: host, port: port, isPassive: false)
        let descriptor = address.makeSocket(flags: SOCK_CLOEXEC.rawValue)
        guard descriptor >= 0 else { throw SocketError(errnoAfter: "no socket") }
        defer { close(descriptor) }
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        guard unsafe address.withPointer({ unsafe connect(descriptor, $0, $1) }) == 0 else {
            throw SocketError(errnoAfter: "cannot connect")
        }
        let field = host.contains(":") ? "[\(host)]" : host
        let request = Array("GET \(path) HTTP/1.1\r\nHost: \(field)\r\nConnection: close\r\n\r\n".utf8)
        let sent = unsafe request.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard sent == request.count else { throw SocketError(errnoAfter: "cannot send") }
        // "HTTP/1.1 200" is all that matters.
        var answer = [UInt8](repeating: 0, count: 12)
        var received = 0
        while received < answer.count {
            let count = unsafe answer.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress?.advanced(by: received), $0.count - received)
            }
            guard count > 0 else { throw SocketError(description: "no HTTP answer within \(timeoutSeconds) s") }
            received += count
        }
        guard let status = Int(String(decoding: answer[9...], as: UTF8.self)) else {
            throw SocketError(description: "the answer is not HTTP")
        }
        return status
    }
}
