import CMicroHTTPD
import Glibc

/// A running libmicrohttpd with one I/O thread, and the callbacks by which it speaks to the server.
@safe final class Daemon: @unchecked Sendable {
    // Sendable: both pointers are set once, and libmicrohttpd's functions on a daemon may be called from any thread.
    private let pointer: OpaquePointer
    private let context: Unmanaged<Context>

    /// Request line and header block of this many bytes are read.
    static let mostHeadBytes = 32_768

    /// Memory of one connection: the longest head fits into it, with records of a hundred fields of 64 bytes each and the head of
    /// nearly every answer. A body comes in pieces of half of it.
    ///
    /// libmicrohttpd 0.9.75 rounds it up to pages, and fills what is left of it with zeros after each request. 128 KiB took a tenth of
    /// a small one, and make no large one faster; a page takes some hundred instructions.
    static let connectionMemory = mostHeadBytes + 8_192

    /// What the callbacks of one daemon share.
    private final class Context: Sendable {
        let server: HTTPServer
        let refusals = ParserRefusals()

        init(_ server: HTTPServer) {
            self.server = server
        }
    }

    /// Starts the thread; nil where libmicrohttpd cannot.
    init?(serving server: HTTPServer) {
        // Retained for the callbacks; released in `stop`, after the last of them, or below.
        unsafe context = Unmanaged.passRetained(Context(server))
        var configuration = unsafe CMicroHTTPD_Configuration()
        // One more than there will be: libmicrohttpd 0.9.75 locks itself up where it is handed one too many.
        unsafe configuration.connection_limit = UInt32(clamping: server.configuration.maxConnections + 1)
        unsafe configuration.connection_memory_limit = Self.connectionMemory
        unsafe configuration.on_log = Self.onLog
        unsafe configuration.on_target = Self.onTarget
        unsafe configuration.on_request = Self.onRequest
        unsafe configuration.on_completion = Self.onCompletion
        unsafe configuration.on_connection = Self.onConnection
        unsafe configuration.context = unsafe context.toOpaque()
        guard let pointer = unsafe CMicroHTTPD_start_daemon(&configuration) else {
            unsafe context.release()
            return nil
        }
        unsafe self.pointer = pointer
    }

    /// Serves a connection. False where it cannot, and the connection is closed.
    ///
    /// The corresponding C function is `MHD_add_connection`.
    func add(_ connection: ListeningSocket.Accepted) -> Bool {
        unsafe connection.withAddress { address, length in
            unsafe MHD_add_connection(pointer, connection.descriptor, address, length) == .YES
        }
    }

    /// Closes all connections and ends the thread. No connection may be suspended.
    ///
    /// The corresponding C function is `MHD_stop_daemon`.
    func stop() {
        unsafe MHD_stop_daemon(pointer)
        unsafe context.release()
    }

    private static let onConnection: MHD_NotifyConnectionCallback = { context, connection, socketContext, code in
        guard let context = unsafe context, let connection = unsafe connection, let socketContext = unsafe socketContext
        else { return }
        let shared = unsafe Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
        let server = shared.server
        if code == .CONNECTION_NOTIFY_STARTED {
            let record = unsafe ConnectionRecord(
                MHDConnection(pointer: connection), socket: CMicroHTTPD_connection_fd(connection),
                owner: ObjectIdentifier(shared))
            // Retained for libmicrohttpd; released below when it says that the connection is closed.
            unsafe socketContext.pointee = Unmanaged.passRetained(record).toOpaque()
            server.connectionOpened(record)
        } else if let retained = unsafe socketContext.pointee {
            let record = unsafe Unmanaged<ConnectionRecord>.fromOpaque(retained).takeRetainedValue()
            if let status = shared.refusals.atEnd(isUnanswered: server.isDraining ? false : record.endsUnanswered) {
                server.refusedByParser(status: status)
            }
            unsafe server.connectionClosed(record, CMicroHTTPD_connection_fd(connection))
            unsafe socketContext.pointee = nil
        }
    }

    private static let onTarget:
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
            context, target, connection in
            guard let context = unsafe context, let target = unsafe target, let connection = unsafe connection else {
                return nil
            }
            let server = unsafe Unmanaged<Context>.fromOpaque(context).takeUnretainedValue().server
            let exchange = unsafe Exchange(server: server, target: String(cString: target))
            unsafe CMicroHTTPD_leave_cookies(connection)
            unsafe FramingFields.moveWhiteSpace(after: target)
            unsafe record(of: connection)?.begin(exchange)
            // Retained for libmicrohttpd; released in `onCompletion`, which comes once for each request.
            return unsafe Unmanaged.passRetained(exchange).toOpaque()
        }

    private static let onRequest: MHD_AccessHandlerCallback = {
        _, connection, target, method, version, upload, uploadSize, requestContext in
        guard let connection = unsafe connection, let method = unsafe method, let target = unsafe target,
            let version = unsafe version,
            let uploadSize = unsafe uploadSize, let exchange = unsafe requestContext?.pointee
        else { return .NO }
        let piece = unsafe UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee)
        unsafe uploadSize.pointee = 0
        return unsafe Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue()
            .proceed(
                MHDConnection(pointer: connection), RequestLine(method: method, target: target, version: version),
                upload: piece)
    }

    private static let onCompletion: MHD_RequestCompletedCallback = { context, connection, requestContext, code in
        guard let context = unsafe context, let connection = unsafe connection,
            let retained = unsafe requestContext?.pointee
        else { return }
        unsafe requestContext?.pointee = nil
        let record = unsafe record(of: connection)
        let exchange = unsafe Unmanaged<Exchange>.fromOpaque(retained).takeRetainedValue()
        var refusedStatus: Int?
        let answered = exchange.answered
        // An answer that the exchange has not handed on is libmicrohttpd's, of which its log has told.
        if !answered.hasAnswer || answered.isSaid, unsafe CMicroHTTPD_response_status(connection) != 0 {
            let status = unsafe Unmanaged<Context>.fromOpaque(context).takeUnretainedValue().refusals.take()
            if !answered.isSaid { refusedStatus = status }
        }
        let isComplete = code == .REQUEST_TERMINATED_COMPLETED_OK
        let bytesSent = exchange.complete(
            bytesLeft: isComplete ? nil : record?.bytesOfAnswerThatLeft() ?? 0, refusedStatus: refusedStatus)
        record?.end(isBroken: code == .REQUEST_TERMINATED_WITH_ERROR, bytesSent: bytesSent)
    }

    /// libmicrohttpd says so on the thread of the connection, right before it answers.
    private static let onLog: MHD_LogCallback = { context, format, arguments in
        guard let context = unsafe context, let format = unsafe format, let arguments = unsafe arguments,
            let status = unsafe ParserRefusals.status(format, arguments)
        else { return }
        let shared = unsafe Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
        if let earlier = shared.refusals.put(status) { shared.server.refusedByParser(status: earlier) }
        for record in shared.server.records(of: ObjectIdentifier(shared)) { record.refuseWholeHead(status: status) }
    }

    static func record(of connection: OpaquePointer) -> ConnectionRecord? {
        unsafe CMicroHTTPD_connection_context(connection)
            .map { unsafe Unmanaged<ConnectionRecord>.fromOpaque($0).takeUnretainedValue() }
    }
}
