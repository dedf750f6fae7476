import FoundationEssentials

extension HTTPResponse {
    /// The response as it stands on the wire, closing the connection: for where libmicrohttpd cannot send it.
    func bytes(extraHeaders: HTTPHeaders) -> [UInt8] {
        var lines = "HTTP/1.1 \(status) \(reason)\r\n"
        for field in headers.fields + extraHeaders.fields where field.name != "Connection" {
            lines += "\(field.name): \(field.value)\r\n"
        }
        lines += "Connection: close\r\nContent-Length: \(body.count)\r\n\r\n"
        return Array(lines.utf8) + Array(body)
    }

    /// For the statuses that the server itself gives; clients read the number.
    private var reason: String {
        switch status {
        case 400: "Bad Request"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        default: "Error"
        }
    }
}
