import Glibc

/// Memory of many megabytes, which the kernel hands out by 2 MiB at a time where it is asked to.
///
/// By 4 KiB at a time, the first touch of 100 MB took 75 ms where writing it again took 8, and so most of the time of a
/// request; by 2 MiB it took 16 (measured on a virtual machine, where each page costs twice).
public enum LargeMemory {
    /// Less is not worth the rest of a large page.
    public static let leastBytes = 8 << 20

    static let pageBytes = 2 << 20

    /// Bounds the memory that is kept for the next requests, in bytes. It is 256 MiB until this is called.
    public static func keep(atMost count: Int) {
        KeptMemory.shared.limit(to: count)
    }

    /// Asks for large pages under memory that nobody has touched yet; where it is small, for none.
    public static func advise(_ bytes: UnsafeMutableRawBufferPointer) {
        guard bytes.count >= leastBytes, let start = bytes.baseAddress else { return }
        let skipped = unsafe bytesToPage(from: start)
        // Where the kernel has none, all is as before.
        _ = unsafe madvise(start + skipped, (bytes.count - skipped) / pageBytes * pageBytes, MADV_HUGEPAGE)
    }

    /// Bytes up to where a large page begins next; 0 at the beginning of one.
    static func bytesToPage(from start: UnsafeMutableRawPointer) -> Int {
        (pageBytes - Int(bitPattern: start) % pageBytes) % pageBytes
    }
}
