/// A response as it came.
package struct RawHTTPResponse: Equatable {
    package let status: Int
    package let headers: [Header]
    package var body: [UInt8] = []

    package struct Header: Equatable {
        package let name: String
        package let value: String
    }

    init(head: String) throws {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let statusLine = lines[0].split(separator: " ")
        guard statusLine.count >= 2, statusLine[0] == "HTTP/1.1", let status = Int(statusLine[1]) else {
            throw RawHTTPClient.Failure(description: "no status line: \(lines[0])")
        }
        self.status = status
        headers = try lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw RawHTTPClient.Failure(description: "no header field: \(line)") }
            return Header(name: String(parts[0]), value: String(parts[1].drop { $0 == " " }))
        }
    }

    package subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    package var text: String { String(decoding: body, as: UTF8.self) }
}

extension RawHTTPClient {
    /// Sends a request of the usual form and reads its response.
    package func exchange(
        _ method: String, _ target: String, headers: [String: String] = [:], body: String? = nil
    ) throws -> RawHTTPResponse {
        var lines = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers { lines += "\(name): \(value)\r\n" }
        if let body { lines += "Content-Length: \(body.utf8.count)\r\n" }
        try send(lines + "\r\n" + (body ?? ""))
        return try response(toHead: method == "HEAD")
    }

    /// Opens a connection for one request.
    package static func once(
        port: Int, _ method: String, _ target: String, headers: [String: String] = [:], body: String? = nil
    ) throws -> RawHTTPResponse {
        try RawHTTPClient(port: port).exchange(method, target, headers: headers, body: body)
    }
}
