/// What the service refuses to go past; each is a flag of `ropewalk serve` and stands in `/info`.
package struct Limits: Sendable, Equatable {
    package var maxBodyBytes = 128 << 20
    package var maxBufferedBytes = 512 << 20
    package var maxAnswerElements = 1 << 24
    package var maxMultiplyAdds = 1 << 38
    package var maxQueue = 64
    package var maxCacheBytes = 64 << 20
    package var maxConnections = 512
    package var idleTimeoutSeconds = 65

    /// positions × pairs of one table in `/frequencies`.
    package static let maxTableElements = 1 << 20

    /// Positions of one table of `/frequencies` as text.
    package static let maxTablePositions = 1_024

    /// Bytes that the control groups of the process allow it; nil where they do not limit memory.
    package var memoryLimit: Int?
    /// Whether requests within the other limits could exceed the memory limit: then `maxBufferedBytes` also counts what is
    /// decoded and computed.
    package var isMemoryScarce = false

    package init() {}

    /// The defaults where a memory limit is known.
    ///
    /// Memory is scarce below what the usual defaults can take: of each body, ten bytes a byte where short numbers are read and
    /// rotated as float64. Scarce memory is divided so that no load exceeds it. The process takes 32 MiB and 2 MiB a compute
    /// thread, measured with room to spare; caches take a sixteenth; of the rest, seven eighths are for requests, and an eighth
    /// is for what the allocator and the kernel add.
    package init(memoryLimit: Int?, computeThreads: Int) {
        self.memoryLimit = memoryLimit
        guard let memoryLimit else { return }
        let process = 32 << 20 + computeThreads * (2 << 20)
        let most = process + maxCacheBytes + maxBufferedBytes + computeThreads * 10 * maxBodyBytes
        isMemoryScarce = memoryLimit < most
        guard isMemoryScarce else { return }
        maxCacheBytes = min(maxCacheBytes, memoryLimit / 16)
        let rest = max(memoryLimit - process - maxCacheBytes, memoryLimit / 8)
        // Decoded numbers are counted too, which about doubles a request.
        maxBufferedBytes = min(2 * maxBufferedBytes, rest / 8 * 7)
        maxBodyBytes = min(maxBodyBytes, maxBufferedBytes / 2)
    }

    /// Bytes that the bodies of all requests may hold together. Where memory is scarce, the rest of `maxBufferedBytes` is free for
    /// decoding and answering, so that bodies that arrive together cannot keep each other from being answered.
    package var maxHeldBodyBytes: Int {
        isMemoryScarce ? max(maxBufferedBytes / 2, min(maxBodyBytes, maxBufferedBytes)) : maxBufferedBytes
    }

    /// Bytes of large memory that are kept for the next request; the system may take them.
    package var keptLargeBytes: Int { min(256 << 20, (memoryLimit ?? .max) / 8) }

    /// Bytes of the largest piece that the allocator keeps for the next request.
    package var keptPieceBytes: Int { min(4 << 20, (memoryLimit ?? .max) / 256) }
}
