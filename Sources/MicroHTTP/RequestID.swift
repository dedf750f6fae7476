import Synchronization

/// Names for requests, unique within a process and unlikely to meet those of another.
enum RequestID {
    private static let prefix = UInt32.random(in: .min ... .max)
    private static let counter = Atomic<UInt32>(0)

    static func next() -> String {
        let number = UInt64(prefix) << 32 | UInt64(counter.wrappingAdd(1, ordering: .relaxed).newValue)
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
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
