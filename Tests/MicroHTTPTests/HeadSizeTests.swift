import TestSupport
import Testing

@testable import MicroHTTP

@Suite struct HeadSizeTests {
    enum Shape: CaseIterable {
        case oneField, fields, oneCookie, cookies, cookieFields, query

        /// A request with a head of so many bytes, or nearly.
        func request(_ size: Int) -> String {
            let start = "GET /echo HTTP/1.1\r\nHost: a\r\n"
            let room = size - start.utf8.count - 2
            func text(_ count: Int) -> String { String(repeating: "a", count: max(count, 0)) }
            func items(_ item: String, _ count: Int) -> String {
                String(repeating: item, count: max(count, 0) / item.utf8.count)
            }
            return switch self {
            case .oneField: start + "X: \(text(room - 5))\r\n\r\n"
            case .fields: start + items("X-Field: \(text(400))\r\n", room - 500) + "Y: \(text(room % 411))\r\n\r\n"
            case .oneCookie: start + "Cookie: a=\(text(room - 12))\r\n\r\n"
            case .cookies: start + "Cookie: a=b\(items("; abc=\(text(64))", room - 13))\r\n\r\n"
            case .cookieFields: start + items("Cookie: abc=\(text(388))\r\n", room) + "\r\n"
            case .query: "GET /echo?\(text(size - 34)) HTTP/1.1\r\nHost: a\r\n\r\n"
            }
        }
    }

    private static let sizes =
        Array(stride(from: 14_336, to: 36_864, by: 509)) + Array(stride(from: 32_500, to: 33_300, by: 23))
        + Array(stride(from: 38_900, to: 41_300, by: 29)) + [32_767, 32_768, 32_769]

    @Test(arguments: Shape.allCases) func `a head of any size is served up to 32 KiB, and else refused at once`(
        _ shape: Shape
    ) throws {
        let test = try TestServer(maxConnections: 400, idleTimeoutSeconds: 60)
        // libmicrohttpd 0.9.75 forgets its own 431 where a query has just no room for its record, and the request times out.
        let sizes = Self.sizes.filter { shape != .query || $0 < 40_500 }
        let clients = try sizes.map { size in
            let client = try RawHTTPClient(port: test.port)
            let request = shape.request(size)
            try? client.send(request)
            return (client: client, count: request.utf8.count)
        }
        for (client, count) in clients {
            let response = try client.response()
            #expect(
                count <= 32_768 ? response.status == 200 : [414, 431].contains(response.status),
                "\(count) bytes: \(response.status)")
            #expect(!response.text.contains("HTTP/1.1 "), "\(count): \(response.text)")
        }
    }
}
