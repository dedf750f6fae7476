import CMicroHTTPD
import FoundationEssentials

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

    /// Bytes of the request line and the header block.
    var headByteCount: Int { unsafe CMicroHTTPD_request_header_size(pointer) }

    /// The number in the first Content-Length field; nil where there is none.
    ///
    /// The corresponding C function is `MHD_lookup_connection_value`.
    var announcedByteCount: Int? {
        unsafe MHD_lookup_connection_value(pointer, .HEADER_KIND, "Content-Length").flatMap {
            unsafe Int(String(cString: $0))
        }
    }

    /// Whether libmicrohttpd has room for an answer's head beside that of the request: both, and a record of each field of the
    /// request, are in the connection's memory. Where there is none, it only closes the connection.
    func hasRoom(for response: HTTPResponse) -> Bool {
        let fieldCount = Int(unsafe MHD_get_connection_values(pointer, .HEADER_KIND, nil, nil))
        let room = Daemon.connectionMemory - headByteCount - fieldCount * Self.fieldRecord - Self.ownFields
        // For two fields of 8 KiB; no answer has more.
        guard room < 17_408 else { return true }
        return response.headers.fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 } <= room
    }

    /// Bytes of libmicrohttpd's record of a field, at most.
    private static let fieldRecord = 64
    /// The status line, the fields that libmicrohttpd adds, and those that every answer has, with an id of a client's, at most.
    private static let ownFields = 1_024

    /// Has the server read on from the socket when the connection is closed: the client may send a body of `announced` bytes.
    func lingerOnceClosed(forBody announced: Int) {
        unsafe Daemon.record(of: pointer)?.lingerOnceClosed(room: LingeringSockets.room(forBody: announced))
    }

    /// Writes what fits into the socket's buffer, bypassing libmicrohttpd, and says that nothing follows. Answers whether all of
    /// it fitted.
    func sayLast(_ bytes: [UInt8]) -> Bool {
        writeLast(bytes, to: unsafe CMicroHTTPD_connection_fd(pointer), shuttingDown: SHUT_WR)
    }

    /// The corresponding C functions are `MHD_add_response_header`, `MHD_queue_response` and `MHD_destroy_response`. NO where
    /// anything fails.
    func queue(_ response: HTTPResponse, _ common: CommonHeaders) -> MHD_Result {
        let isLarge = response.body.count >= Self.largeBody
        let created = unsafe isLarge ? Self.lend(response.body) : Self.copy(response.body)
        guard let created = unsafe created else { return .NO }
        defer { unsafe MHD_destroy_response(created) }
        // A string that is passed as it is would be copied into an array first.
        func add(_ name: String, _ value: String) -> Bool {
            unsafe name.withCString { name in
                unsafe value.withCString { value in unsafe MHD_add_response_header(created, name, value) == .YES }
            }
        }
        guard response.headers.fields.allSatisfy(add), common.allSatisfy(add) else { return .NO }
        return unsafe MHD_queue_response(pointer, UInt32(response.status), created)
    }

    /// A body from this size on leaves from where it is; less is copied sooner than lent.
    private static let largeBody = 16_384

    /// The corresponding C function is `MHD_create_response_from_buffer`.
    private static func copy(_ body: Data) -> OpaquePointer? {
        unsafe body.withUnsafeBytes { bytes in
            // MHD_RESPMEM_MUST_COPY only reads what it is pointed at.
            unsafe MHD_create_response_from_buffer(
                bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
        }
    }

    /// The corresponding C function is `MHD_create_response_from_buffer_with_free_callback_cls`.
    ///
    /// The bytes of so large a body stand in an object's memory, and stay there for as long as somebody keeps the body and
    /// nobody changes it: the loan keeps it, in a constant.
    private static func lend(_ body: Data) -> OpaquePointer? {
        let loan = Loan(body)
        // Retained for libmicrohttpd; released below when the answer has left, or was never made.
        let retained = unsafe Unmanaged.passRetained(loan)
        let created = unsafe loan.body.withUnsafeBytes { bytes in
            unsafe MHD_create_response_from_buffer_with_free_callback_cls(
                bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress),
                { loan in
                    guard let loan = unsafe loan else { return }
                    unsafe Unmanaged<Loan>.fromOpaque(loan).release()
                }, retained.toOpaque())
        }
        if unsafe created == nil { unsafe retained.release() }
        return unsafe created
    }

    private final class Loan {
        let body: Data
        init(_ body: Data) { self.body = body }
    }
}
