import Glibc

/// Why a socket could not be had, in words for the one who started the process.
package struct SocketError: Error, CustomStringConvertible {
    package let description: String

    init(description: String) {
        self.description = description
    }

    /// `action` and what errno says of it.
    init(errnoAfter action: String) {
        description = unsafe "\(action): \(String(cString: strerror(errno)))"
    }
}
