import Synchronization

/// Names for requests, unique within a process and unlikely to meet those of another.
enum RequestID {
    /// Seven hexadecimal digits, with the counter's eight as many as Swift keeps in a string without memory of its own.
    private static let prefix = UInt64.random(in: 0x100_0000...0xFFF_FFFF)
    private static let counter = Atomic<UInt32>(0)

    static func next() -> String {
        String(prefix << 32 | UInt64(counter.wrappingAdd(1, ordering: .relaxed).newValue), radix: 16)
    }

    /// A client's own name is kept where it can stand in a header, a log line and a URI without being quoted.
    static func isUsable(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
                default: false
                }
            }
    }
}
