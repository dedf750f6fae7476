import FoundationEssentials
import LargeMemory

/// The bytes of one body, 64-byte aligned, written where they stay.
///
/// A body of known length is allocated once; one that comes in chunks is moved as it grows, each time into twice the room.
@safe final class BodyBuffer: @unchecked Sendable {
    // Sendable: only the I/O thread of its connection writes, and `data` ends that.

    private var block: MemoryBlock
    private(set) var count = 0

    /// nil where there is no memory.
    init?(capacity: Int) {
        guard let block = MemoryBlock(count: capacity) else { return nil }
        self.block = block
    }

    var capacity: Int { unsafe block.bytes.count }

    /// Room for `total` bytes and, where that is more than there is, for as many again as there are now.
    func capacityNeeded(for total: Int) -> Int {
        total <= capacity ? capacity : max(total, capacity * 2)
    }

    /// Adds bytes, in a new place of `newCapacity` where they do not fit. False where there is no memory for that.
    func append(_ more: UnsafeRawBufferPointer, growingTo newCapacity: Int) -> Bool {
        let total = count + more.count
        if total > capacity {
            precondition(newCapacity >= total)
            guard let larger = MemoryBlock(count: newCapacity) else { return false }
            unsafe larger.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: block.bytes[..<count]))
            block = larger
        }
        unsafe UnsafeMutableRawBufferPointer(rebasing: block.bytes[count..<total]).copyMemory(from: more)
        count = total
        return true
    }

    /// The bytes as Data that is not a copy and keeps this object alive. Nothing is appended after it.
    func data() -> Data {
        guard count > 0, let start = unsafe block.bytes.baseAddress else { return Data() }
        return unsafe Data(
            bytesNoCopy: start, count: count, deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
    }
}
