import FoundationEssentials
import Glibc
import LargeMemory

/// The bytes of one body, 64-byte aligned, written where they stay.
///
/// A body of known length is allocated once; one that comes in chunks is moved as it grows, each time into twice the room.
@safe final class BodyBuffer: @unchecked Sendable {
    // Sendable: only the I/O thread of its connection writes, and `data` ends that.

    /// A cache line and a vector register of any x86-64 or arm64.
    static let alignment = 64

    private var bytes: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    /// nil where there is no memory.
    init?(capacity: Int) {
        guard let bytes = unsafe Self.allocate(capacity) else { return nil }
        unsafe self.bytes = bytes
    }

    deinit {
        unsafe free(bytes.baseAddress)
    }

    private static func allocate(_ capacity: Int) -> UnsafeMutableRawBufferPointer? {
        var start: UnsafeMutableRawPointer?
        guard unsafe posix_memalign(&start, alignment, max(capacity, 1)) == 0 else { return nil }
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: start, count: capacity)
        unsafe LargeMemory.advise(bytes)
        return unsafe bytes
    }

    var capacity: Int { unsafe bytes.count }

    /// Room for `total` bytes and, where that is more than there is, for as many again as there are now.
    func capacityNeeded(for total: Int) -> Int {
        total <= capacity ? capacity : max(total, capacity * 2)
    }

    /// Adds bytes, in a new place of `newCapacity` where they do not fit. False where there is no memory for that.
    func append(_ more: UnsafeRawBufferPointer, growingTo newCapacity: Int) -> Bool {
        let total = count + more.count
        if total > capacity {
            precondition(newCapacity >= total)
            guard let larger = unsafe Self.allocate(newCapacity) else { return false }
            unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            unsafe free(bytes.baseAddress)
            unsafe bytes = larger
        }
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[count..<total]).copyMemory(from: more)
        count = total
        return true
    }

    /// The bytes as Data that is not a copy and keeps this object alive. Nothing is appended after it.
    func data() -> Data {
        guard count > 0, let start = unsafe bytes.baseAddress else { return Data() }
        return unsafe Data(
            bytesNoCopy: start, count: count, deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
    }
}
