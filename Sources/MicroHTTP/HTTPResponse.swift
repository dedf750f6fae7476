import FoundationEssentials

/// A status, header fields and a body. `Content-Length`, `Date`, `X-Request-Id` and `Server-Timing` are added on the way out.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: Data
    /// Why the request is refused, in the application's word, for its record; nil where it is not.
    package var refusalReason: String?
    /// How long its parts took; the server adds `queue` and `total`.
    package var phases = PhaseTimes()
    /// Holds the body's bytes in the budget until they have left.
    package var reservation: ByteBudget.Reservation?

    package init(
        status: Int, headers: HTTPHeaders = [:], body: Data = Data(), reservation: ByteBudget.Reservation? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.reservation = reservation
    }
}
