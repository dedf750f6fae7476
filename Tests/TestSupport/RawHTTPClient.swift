import Glibc

/// One connection to 127.0.0.1 that sends the bytes it is given, right or wrong, and waits for nothing longer than ten seconds.
package final class RawHTTPClient {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let descriptor: Int32
    private var isOpen = true
    private var received: [UInt8] = []

    /// `receiveBuffer` is how much the system keeps of what has come and was not read, about.
    package init(port: Int, timeoutSeconds: Int = 10, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(description: "cannot connect to port \(port): errno \(errno)") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        if isOpen { close(descriptor) }
    }

    package func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(description: "cannot send: errno \(errno)") }
            sent += count
        }
    }

    /// Says that nothing more will be sent; what the server sends can still be read.
    package func shutDownSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes with a reset, as a client that is killed does.
    package func abort() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
        isOpen = false
    }

    /// True where the server has closed the connection and everything that it sent was read.
    package func isClosedByServer() -> Bool {
        received.isEmpty && (try? fill()) == false
    }

    /// The next response. `toHead` says that it has no body, whatever its length says.
    package func response(toHead: Bool = false) throws -> RawHTTPResponse {
        while true {
            if let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
                received.removeFirst(end.upperBound)
                var response = try RawHTTPResponse(head: head)
                let isBodyless = toHead || response.status == 204 || response.status == 304 || response.status < 200
                let length = isBodyless ? 0 : response["Content-Length"].flatMap { Int($0) } ?? 0
                while received.count < length {
                    guard try fill() else { throw Failure(description: "the connection ended within a body") }
                }
                response.body = Array(received[..<length])
                received.removeFirst(length)
                return response
            }
            guard try fill() else {
                throw Failure(
                    description: "the connection ended before a response: \(String(decoding: received, as: UTF8.self))")
            }
        }
    }

    /// Reads some bytes of what comes next, whatever it is, and answers their number; 0 at the end of the connection.
    package func receive(atMost count: Int) throws -> Int {
        while received.isEmpty {
            guard try fill(atMost: count) else { return 0 }
        }
        let taken = min(count, received.count)
        received.removeFirst(taken)
        return taken
    }

    /// Reads what there is; false at the end of the connection.
    private func fill(atMost most: Int = 65_536) throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: most)
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            received += buffer[..<count]
            return true
        }
        if count == 0 || errno == ECONNRESET { return false }
        throw Failure(description: "nothing came in time: errno \(errno)")
    }
}
