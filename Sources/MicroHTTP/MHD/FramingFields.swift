import CMicroHTTPD
import Glibc

/// The fields that say where a body ends, where libmicrohttpd has yet to read them.
///
/// White space is legal on both sides of a value (RFC 9112 §5). Behind a Content-Length, 0.9.75 answers 400, before any handler is
/// called; behind a Transfer-Encoding, it reads the body up to the end of the connection. When it tells of a request's target, the
/// lines that have come after the request line are in its read buffer.
enum FramingFields {
    private static let names = ["content-length:", "transfer-encoding:"].map { Array($0.utf8) }
    /// The size of a page, or a part of it.
    private static let page = 4_096

    /// Moves white space behind their values in front of these. A line that has not come yet, or is beyond the target's page, stays as it
    /// is.
    ///
    /// The memory of a connection is whole pages (`mmap`), so that the rest of the target's page is in it. Behind what has come, it is
    /// zeros.
    static func moveWhiteSpace(after target: UnsafePointer<CChar>) {
        guard !CMicroHTTPD_parses_strictly() else { return }
        let count = page - Int(bitPattern: target) % page
        let memory = unsafe UnsafeMutableRawBufferPointer(
            start: UnsafeMutableRawPointer(mutating: target), count: count)
        // Behind the target is a NUL, then the version, and the NULs that were CR LF.
        guard let targetEnd = unsafe memory.place(of: 0, from: 0),
            let versionEnd = unsafe memory.place(of: 0, from: targetEnd + 1),
            let start = unsafe memory[versionEnd...].firstIndex(where: { $0 != 0 })
        else { return }
        unsafe moveWhiteSpace(in: UnsafeMutableRawBufferPointer(rebasing: memory[start...]))
    }

    /// The same in lines up to an empty one; the last may be a part of one.
    static func moveWhiteSpace(in lines: UnsafeMutableRawBufferPointer) {
        var line = 0
        while let end = unsafe lines.place(of: UInt8(ascii: "\n"), from: line) {
            let hasReturn = unsafe end > line && lines[end - 1] == UInt8(ascii: "\r")
            let text = line..<(hasReturn ? end - 1 : end)
            guard !text.isEmpty else { return }
            let first = unsafe lines[line] | 0x20
            let name = names.first { name in
                unsafe first == name[0] && text.count > name.count
                    && zip(lines[text], name).allSatisfy { $0 | 0x20 == $1 | 0x20 }
            }
            if let name { unsafe moveWhiteSpace(of: lines[(line + name.count)..<text.upperBound]) }
            line = end + 1
        }
    }

    private static func moveWhiteSpace(of value: Slice<UnsafeMutableRawBufferPointer>) {
        let value = unsafe UnsafeMutableRawBufferPointer(rebasing: value)
        guard let last = unsafe value.lastIndex(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }),
            last + 1 < value.count
        else { return }
        let moved = value.count - last - 1
        for index in (moved..<value.count).reversed() { unsafe value[index] = unsafe value[index - moved] }
        for index in 0..<moved { unsafe value[index] = UInt8(ascii: " ") }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Where a byte is next; nil where it is not.
    ///
    /// The corresponding C function is `memchr`.
    fileprivate func place(of byte: UInt8, from start: Int) -> Int? {
        guard start < count, let base = baseAddress else { return nil }
        let found = unsafe memchr(base + start, Int32(byte), count - start)
        return unsafe found.map { unsafe $0 - base }
    }
}
