import Glibc

/// Memory from a multiple of 64 bytes on, for as long as this value lasts; what is in it at first is anything, even bytes of
/// another request, until it is written.
@safe public struct MemoryBlock: ~Copyable, @unchecked Sendable {
    // Sendable: the range never changes, and whoever has the value, of which there is one, says who writes into it.

    /// A cache line, and a vector register of any x86-64 or arm64.
    public static let alignment = 64

    public let bytes: UnsafeMutableRawBufferPointer
    /// What large memory is kept by afterwards; nil where it is the allocator's.
    private let region: MemoryRegion?

    /// nil where there is no memory.
    public init?(count: Int) {
        if count >= LargeMemory.leastBytes {
            guard let region = KeptMemory.shared.take(count) ?? MemoryRegion(count: count) else { return nil }
            self.region = region
            unsafe bytes = UnsafeMutableRawBufferPointer(rebasing: region.bytes[..<count])
        } else {
            var start: UnsafeMutableRawPointer?
            guard unsafe posix_memalign(&start, Self.alignment, max(count, 1)) == 0 else { return nil }
            region = nil
            unsafe bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
        }
        assert(spoil())
    }

    /// Fills it, so that a test sees what nobody writes; true.
    private func spoil() -> Bool {
        for index in unsafe bytes.indices { unsafe bytes[index] = 0xA5 }
        return true
    }

    deinit {
        if let region {
            KeptMemory.shared.keep(region)
        } else {
            unsafe free(bytes.baseAddress)
        }
    }
}
