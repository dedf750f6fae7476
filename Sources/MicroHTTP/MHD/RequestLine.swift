import CMicroHTTPD

/// The parts of a request line, where they lie in libmicrohttpd's read buffer: the line begins with the method.
@safe struct RequestLine {
    let method: UnsafePointer<CChar>
    let target: UnsafePointer<CChar>
    let version: UnsafePointer<CChar>

    init(method: UnsafePointer<CChar>, target: UnsafePointer<CChar>, version: UnsafePointer<CChar>) {
        unsafe self.method = unsafe method
        unsafe self.target = unsafe target
        unsafe self.version = unsafe version
    }

    /// Whether the parts, by their lengths as C strings, are all of the line, with one space between them.
    ///
    /// libmicrohttpd 0.9.75 hands on a target up to its first NUL, and skips spaces.
    func isWhole(methodByteCount: Int, targetByteCount: Int) -> Bool {
        unsafe CMicroHTTPD_parses_strictly()
            || method + methodByteCount + 1 == target && target + targetByteCount + 1 == version
    }

    /// The first byte after the head, of which the line is the beginning.
    func end(headByteCount: Int) -> UnsafePointer<UInt8> {
        unsafe UnsafePointer<UInt8>(OpaquePointer(method + headByteCount))
    }
}
