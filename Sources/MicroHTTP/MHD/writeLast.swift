import CMicroHTTPD
import Glibc

/// Writes what fits into a socket's buffer, past libmicrohttpd, and shuts down a side of the connection, or both. Answers
/// whether all of it fitted.
@discardableResult
func writeLast(_ bytes: [UInt8], to socket: Int32, shuttingDown sides: Int) -> Bool {
    let count = unsafe bytes.withUnsafeBytes {
        unsafe send(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }
    shutdown(socket, Int32(sides))
    return count == bytes.count
}
