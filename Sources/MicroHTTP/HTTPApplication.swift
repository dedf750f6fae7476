/// What the server serves. Calls come from I/O threads, many at a time.
package protocol HTTPApplication: Sendable {
    /// What serves a request, found by its head; asked for once.
    func route(of head: HTTPRequest) -> any HTTPRoute

    /// What a client is told where the server itself refuses.
    func response(to failure: HTTPFailure, of head: HTTPRequest) -> HTTPResponse

    /// Told of each request once, when its answer has left or its connection is gone.
    func didFinish(_ record: HTTPRecord)
}

/// What serves the requests of one route. Calls come from I/O threads, many at a time.
package protocol HTTPRoute: AnyObject, Sendable {
    /// The pattern that its requests match, for their records; nil where they match none.
    var pattern: String? { get }

    /// Refuses a request by its head alone, before a body is read. nil lets it pass.
    func refusal(of head: HTTPRequest) -> HTTPResponse?

    /// Answers a request that is not refused, now on the I/O thread or later on a compute thread.
    func answer(_ request: HTTPRequest) -> HTTPAnswer
}

/// An answer, or the work that makes it.
package enum HTTPAnswer: Sendable {
    /// Made on the I/O thread, which serves nobody else meanwhile: for what takes tens of microseconds.
    case now(HTTPResponse)
    /// To be made on a compute thread, in turn. Once it is cancelled, what it answers is thrown away.
    case later(@Sendable (Cancellation) -> HTTPResponse)
}

/// What the server refuses by itself.
package enum HTTPFailure: Error, Equatable {
    /// A header field that cannot be used, and why (RFC 9112).
    case unusableHeader(String, reason: String)
    /// A method that is no token, or a target with bytes that no URI has.
    case unusableRequestLine
    /// Request line and header fields that are longer than a limit, or more fields than have room with them.
    case headTooLarge(limit: Int)
    case unknownExpectation(String)
    /// `asked` is nil where the body came in chunks and was cut off.
    case bodyTooLarge(limit: Int, asked: Int?)
    case buffersFull(limit: Int, asked: Int)
    /// The system has no memory for `asked` bytes, although the budget has room for them.
    case outOfMemory(asked: Int)
    case queueFull(limit: Int)
    case bodyTooSlow
    case stopping
}

/// What became of one request.
package struct HTTPRecord: Sendable {
    package let id: String
    package let method: String
    package let route: String?
    /// 0 where the client went away before there was an answer, also while it was computed.
    package let status: Int
    /// Why it was refused, in the application's word; nil where it was not.
    package let refusalReason: String?
    package let bytesReceived: Int
    /// Bytes of the answer's body that were sent. Where the connection ended before all had left, only what the client has acknowledged, as far as can
    /// be known.
    package let bytesSent: Int
    package let seconds: Double
    /// Of the answer; without `total`.
    package let phases: PhaseTimes
    /// False where the connection ended before the answer had left.
    package let isComplete: Bool
}
