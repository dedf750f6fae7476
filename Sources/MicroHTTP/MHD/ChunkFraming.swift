/// Checks the lines between the chunks of a body, of which libmicrohttpd 0.9.75 takes some that RFC 9112 §7.1 does not allow: it
/// ends a line at a bare LF, so that it and a proxy in front of it can disagree about where a request ends.
///
/// A line is seen where it comes in one read with the data next to it, as clients and proxies write it. A client that sends a line
/// in a packet of its own can hide it: libmicrohttpd has overwritten it before it calls. So this finds clients that frame wrongly,
/// and is no protection from one that means harm.
///
/// libmicrohttpd hands over the data of each chunk where it lies in its read buffer. The lines before it lie there too, and those
/// after it as far as they have been received. This reads both, and never writes.
///
/// Every read stays within the memory of the connection:
/// - Backwards it ends at `base`, where the read buffer begins: the head ends there, and the buffer does not move.
/// - Forwards it ends at the first NUL. libmicrohttpd fills the memory of a connection with NULs before each request, so the byte
///   after the last received one is NUL. If the read buffer is full, the records of header fields follow it in the same memory. Such
///   a record begins with a pointer and has the lengths of strings, which have NULs in their upper bytes. There is one at least, that
///   of Transfer-Encoding.
/// Bytes from earlier in the body are an exception to the first NUL: libmicrohttpd moves what it has not used to `base` and reads
/// on from there. So this looks forwards only while nothing has been moved.
@safe struct ChunkFraming: @unchecked Sendable {
    // Sendable: the pointers are used on the connection's I/O thread alone, while libmicrohttpd lends its buffer.

    private let base: UnsafePointer<UInt8>
    /// Where the next data begins if nothing has been moved; nil once something may have been.
    private var predicted: UnsafePointer<UInt8>?
    /// True until the first data, where that may be looked beyond.
    private var isFirst: Bool

    /// `base` is the first byte after the head. After a long head the read buffer is short and may be filled to its end, so that what
    /// follows it would be taken for what the client sent.
    init(base: UnsafePointer<UInt8>, headByteCount: Int) {
        unsafe self.base = unsafe base
        isFirst = headByteCount <= Daemon.mostHeadBytes / 2
    }

    /// Checks the lines around a piece of data that is not empty. False where one of them is not framed by CR LF.
    mutating func accepts(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard let start = unsafe piece.assumingMemoryBound(to: UInt8.self).baseAddress, unsafe start >= base else {
            return true
        }
        let isInPlace = unsafe isFirst ? start > base : start == predicted
        isFirst = false
        unsafe predicted = nil
        // At `base` lies data whose size line came before it and is gone.
        if unsafe start > base, unsafe !isLine(endingAt: start) { return false }
        guard isInPlace else { return true }
        switch unsafe Self.line(after: start + piece.count) {
        case .malformed: return false
        case .unfinished: return true
        case .next(let data):
            unsafe predicted = unsafe data
            return true
        }
    }

    /// Whether the line of a chunk's size ends in CR LF before the data, and what is before that line does too.
    private func isLine(endingAt data: UnsafePointer<UInt8>) -> Bool {
        guard unsafe data - base >= 3, unsafe data[-1] == 0x0A, unsafe data[-2] == 0x0D else { return false }
        var place = unsafe data - 3
        while unsafe place >= base {
            if unsafe place.pointee == 0x0D { return false }
            if unsafe place.pointee == 0x0A { return unsafe place > base && place[-1] == 0x0D }
            unsafe place -= 1
        }
        return true
    }

    @safe private enum Line {
        case malformed
        /// What there is of it is well formed.
        case unfinished
        case next(UnsafePointer<UInt8>)
    }

    /// The line end after data, and the lines that follow: that of a size, and after the last chunk those of the trailer.
    private static func line(after data: UnsafePointer<UInt8>) -> Line {
        guard case .next(let size) = unsafe lineEnd(at: data) else {
            return unsafe data.pointee == 0 || data.pointee == 0x0D && data[1] == 0 ? .unfinished : .malformed
        }
        var line = unsafe size
        // A size of zero is the last one.
        while unsafe line.pointee == UInt8(ascii: "0") { unsafe line += 1 }
        let isLast =
            unsafe line > size && (line.pointee == 0x0D || line.pointee == 0x0A || line.pointee == UInt8(ascii: ";"))
        unsafe line = unsafe size
        while true {
            var end = unsafe line
            while unsafe end.pointee != 0, unsafe end.pointee != 0x0D, unsafe end.pointee != 0x0A { unsafe end += 1 }
            if unsafe end.pointee == 0 { return .unfinished }
            guard case .next(let following) = unsafe lineEnd(at: end) else {
                return unsafe end.pointee == 0x0D && end[1] == 0 ? .unfinished : .malformed
            }
            // After the empty line at the end of the trailer begins another request.
            if unsafe !isLast || end == line { return unsafe .next(following) }
            unsafe line = unsafe following
        }
    }

    private static func lineEnd(at place: UnsafePointer<UInt8>) -> Line {
        unsafe place.pointee == 0x0D && place[1] == 0x0A ? .next(place + 2) : .malformed
    }
}
