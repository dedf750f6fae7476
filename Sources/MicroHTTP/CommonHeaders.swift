/// The header fields that every answer has.
struct CommonHeaders {
    let id: String
    let timing: String
    /// Whether the connection ends with this answer.
    let closes: Bool

    /// Calls `add` with each field until it answers false; whether it never did.
    func allSatisfy(_ add: (_ name: String, _ value: String) -> Bool) -> Bool {
        add("X-Request-Id", id) && add("Server-Timing", timing) && (!closes || add("Connection", "close"))
    }

    var headers: HTTPHeaders {
        var headers = HTTPHeaders()
        _ = allSatisfy { name, value in
            headers.add(name, value)
            return true
        }
        return headers
    }
}
