import Glibc
import Synchronization

/// The request that libmicrohttpd refused last on a thread, until something has told the application of it.
///
/// libmicrohttpd names no connection in its log. Where the request line had come, the request's completion follows and takes the
/// refusal; else the end of the connection does, or the next refusal. So each is told of once.
final class ParserRefusals: Sendable {
    private static let none = -1
    private let pending = Atomic<Int>(none)
    /// Refusals that have been told of, while their connections are still to end.
    private let early = Atomic<Int>(0)

    /// Notes a refusal with its status, 0 where that is not known; answers an earlier one that is to be told of now.
    func put(_ status: Int) -> Int? {
        let earlier = pending.exchange(status, ordering: .relaxed)
        guard earlier != Self.none else { return nil }
        early.add(1, ordering: .relaxed)
        return earlier
    }

    /// The refusal that nothing has taken; nil where there is none.
    func take() -> Int? {
        let status = pending.exchange(Self.none, ordering: .relaxed)
        return status == Self.none ? nil : status
    }

    /// What is to be told of when a connection ends; nil where there is nothing, or it has been told.
    ///
    /// `isUnanswered` says whether the connection has sent something that never became a request; nil where that is not known.
    func atEnd(isUnanswered: Bool?) -> Int? {
        if isUnanswered == false { return nil }
        if let status = take() {
            // It may be another connection's, whose end is then not told of again.
            if isUnanswered == nil { early.add(1, ordering: .relaxed) }
            return status
        }
        guard isUnanswered == true else { return nil }
        guard early.load(ordering: .relaxed) > 0 else { return 0 }
        early.subtract(1, ordering: .relaxed)
        return nil
    }

    /// The status in a line of libmicrohttpd's log; nil where it tells of no refusal.
    ///
    /// 0.9.75 writes `Error processing request (HTTP response code is 400 (…)). Closing connection.`
    static func status(_ format: UnsafePointer<CChar>, _ arguments: CVaListPointer) -> Int? {
        guard unsafe strncmp(format, "Error processing request", 24) == 0 else { return nil }
        var line = [CChar](repeating: 0, count: 128)
        // What does not fit is cut off; the status is in front.
        _ = unsafe vsnprintf(&line, line.count, format, arguments)
        let digits = line.drop { !isDigit($0) }.prefix(3)
        let status = digits.prefix(while: isDigit).reduce(0) { $0 * 10 + Int($1) - 0x30 }
        return (400...599).contains(status) ? status : 0
    }

    private static func isDigit(_ byte: CChar) -> Bool { (0x30...0x39).contains(byte) }
}
