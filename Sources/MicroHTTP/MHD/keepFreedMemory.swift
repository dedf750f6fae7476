import CMicroHTTPD

/// Has the allocator keep memory of up to 4 MiB a piece for what comes next, and up to 16 MiB of it in a row.
///
/// By default glibc gives back the memory of a body or an answer past 128 KiB, and the system maps the next one page by page: a
/// quarter of the processor time of a request with 256 KiB in and out. It is for the whole process, so that its doorway asks for it.
///
/// The corresponding C function is `mallopt`.
package func keepFreedMemory() {
    mallopt(M_MMAP_THRESHOLD, 4 << 20)
    mallopt(M_TRIM_THRESHOLD, 16 << 20)
}
