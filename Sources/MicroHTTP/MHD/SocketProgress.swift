import CMicroHTTPD

/// What the kernel says of the bytes of a connection (tcp(7), `TCP_INFO`).
struct SocketProgress {
    /// Bytes that the peer has acknowledged since the connection began.
    let acknowledged: Int
    /// Whether these are all that were written.
    let isAllAcknowledged: Bool
    /// Bytes that have been read from the socket since the connection began.
    let read: Int
    /// Whether the peer has sent anything but its end.
    let hasReceived: Bool
    private let secondsSinceReceipt: Double

    /// nil where the kernel does not say.
    init?(of socket: Int32) {
        var info = CMicroHTTPD_tcp_info()
        guard unsafe CMicroHTTPD_getsockopt_tcp_info(socket, &info) else { return nil }
        acknowledged = Int(clamping: info.bytes_acknowledged)
        isAllAcknowledged = info.is_all_acknowledged
        read = Int(clamping: info.bytes_received) - Int(clamping: info.bytes_unread)
        hasReceived = info.bytes_received > 1
        secondsSinceReceipt = Double(info.milliseconds_since_receipt) / 1e3
    }

    /// Whether the peer has sent anything within the last `seconds`, but for their first moments: the kernel's clock is coarse.
    func hasReceived(within seconds: Double) -> Bool {
        secondsSinceReceipt + Self.coarseness < seconds
    }

    /// Whether the peer may have sent something within the last `seconds`, as far as the kernel's clock tells.
    func mayHaveReceived(within seconds: Double) -> Bool {
        secondsSinceReceipt < seconds + Self.coarseness
    }

    private static let coarseness = 0.02
}
