import Glibc

/// Why a socket could not be had, in words for the one who started the process.
package struct SocketError: Error, CustomStringConvertible {
    package let description: String
    /// True where no address has the name: what was asked for is wrong, and not only taken.
    package let isUnknownHost: Bool

    init(description: String, isUnknownHost: Bool = false) {
        self.description = description
        self.isUnknownHost = isUnknownHost
    }

    /// `action` and what errno says of it.
    init(errnoAfter action: String) {
        self.init(description: unsafe "\(action): \(String(cString: strerror(errno)))")
    }
}
