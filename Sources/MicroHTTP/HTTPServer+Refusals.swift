/// Tells the application of requests that libmicrohttpd refuses by itself.
extension HTTPServer {
    /// Tells the application of a request that libmicrohttpd has refused before it was known what it is; `status` is 0 where it
    /// gave no answer.
    func refusedByParser(status: Int) {
        let unknown = HTTPRequest(id: RequestID.next(), method: "?", target: RequestTarget(""))
        refused(unknown, status: status, reason: refusalReason(ofStatus: status, unknown))
    }

    /// The application's word for a refusal of libmicrohttpd's.
    func refusalReason(ofStatus status: Int, _ head: HTTPRequest) -> String? {
        let failure: HTTPFailure =
            switch status {
            case 413: .bodyTooLarge(limit: configuration.maxBodyBytes, asked: nil)
            case 414, 431: .headTooLarge(limit: Daemon.mostHeadBytes)
            default: .unusableRequestLine
            }
        return application.response(to: failure, of: head).refusalReason
    }

    func refused(_ head: HTTPRequest, status: Int, reason: String?) {
        application.didFinish(
            HTTPRecord(
                id: head.id, method: head.method, route: nil, status: status, refusalReason: reason, bytesReceived: 0,
                bytesSent: 0, seconds: 0, phases: PhaseTimes(), isComplete: status != 0))
    }
}
