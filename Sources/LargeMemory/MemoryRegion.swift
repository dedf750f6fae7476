import Glibc

/// Large pages from the system.
@safe final class MemoryRegion: @unchecked Sendable {
    // Sendable: the range never changes, and one block at a time writes into it.

    /// Whole large pages.
    let bytes: UnsafeMutableRawBufferPointer

    var count: Int { unsafe bytes.count }

    /// nil where there is no memory.
    init?(count: Int) {
        let pageBytes = LargeMemory.pageBytes
        guard count <= .max - 2 * pageBytes else { return nil }
        let size = (count + pageBytes - 1) / pageBytes * pageBytes
        // So much more that large pages begin somewhere in it.
        let mapped = unsafe mmap(
            nil, size + pageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
        let skipped = unsafe LargeMemory.bytesToPage(from: mapped)
        if skipped > 0 { unsafe munmap(mapped, skipped) }
        unsafe munmap(mapped + skipped + size, pageBytes - skipped)
        unsafe bytes = UnsafeMutableRawBufferPointer(start: mapped + skipped, count: size)
        unsafe LargeMemory.advise(bytes)
    }

    deinit {
        unsafe munmap(bytes.baseAddress, bytes.count)
    }

    /// Lets the system take the pages, when it has need of them, until they are written again.
    func offer() {
        _ = unsafe madvise(bytes.baseAddress, bytes.count, MADV_FREE)
    }
}
