import CMicroHTTPD
import LargeMemory

/// Has the allocator keep freed memory for what comes next: pieces of up to `pieceBytes`, and up to four of them in a row; and
/// keeps up to `largeBytes` of large memory.
///
/// By default glibc gives back the memory of a body or an answer beyond 128 KiB, and the system maps the next one page by page: a
/// quarter of the processor time of a request with 256 KiB in and out. It is for the whole process, so that its doorway asks for it.
///
/// The corresponding C function is `mallopt`.
package func keepFreedMemory(pieceBytes: Int, largeBytes: Int) {
    mallopt(M_MMAP_THRESHOLD, Int32(clamping: pieceBytes))
    mallopt(M_TRIM_THRESHOLD, Int32(clamping: 4 * pieceBytes))
    LargeMemory.keep(atMost: largeBytes)
}
