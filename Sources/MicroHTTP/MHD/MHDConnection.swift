import CMicroHTTPD

/// A connection of libmicrohttpd's; the pointer is good until its request completes.
@safe struct MHDConnection: @unchecked Sendable {
    // Sendable: the pointer itself never changes, and from other threads only `resume` is called,
    // which libmicrohttpd allows on a suspended connection from anywhere.
    let pointer: OpaquePointer

    /// The corresponding C function is `MHD_suspend_connection`.
    func suspend() {
        unsafe MHD_suspend_connection(pointer)
    }

    /// The corresponding C function is `MHD_resume_connection`.
    func resume() {
        unsafe MHD_resume_connection(pointer)
    }

    /// Writes what fits into the socket's buffer, beside libmicrohttpd, and says that nothing follows.
    func sayLast(_ bytes: [UInt8]) {
        writeLast(bytes, to: unsafe CMicroHTTPD_connection_fd(pointer), shuttingDown: SHUT_WR)
    }

    /// The corresponding C functions are `MHD_create_response_from_buffer`, `MHD_add_response_header`,
    /// `MHD_queue_response` and `MHD_destroy_response`. The body is copied; NO where anything fails.
    func queue(_ response: HTTPResponse, extraHeaders: HTTPHeaders) -> MHD_Result {
        let created = unsafe response.body.withUnsafeBytes { bytes in
            // MHD_RESPMEM_MUST_COPY only reads what it is pointed at.
            unsafe MHD_create_response_from_buffer(
                bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
        }
        guard let created = unsafe created else { return .NO }
        defer { unsafe MHD_destroy_response(created) }
        func add(_ headers: HTTPHeaders) -> Bool {
            headers.fields.allSatisfy { unsafe MHD_add_response_header(created, $0.name, $0.value) == .YES }
        }
        guard add(response.headers), add(extraHeaders) else { return .NO }
        return unsafe MHD_queue_response(pointer, UInt32(response.status), created)
    }
}
