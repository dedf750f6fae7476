import Glibc
import TestSupport
import Testing

@testable import MicroHTTP

@Suite struct FramingFieldsTests {
    @Test(arguments: [" 3 ", "3\t", "3 \t ", "   3   ", "3" + String(repeating: " ", count: 900)])
    func `white space around a length is legal`(_ value: String) throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        for name in ["Content-Length", "content-length", "CONTENT-LENGTH"] {
            // Two in one packet, so that the second is moved within the buffer before it is read.
            let request = "POST /length HTTP/1.1\r\nHost: a\r\nX: 1 \r\n\(name):\(value)\r\nY: 2\r\n\r\nabc"
            try client.send(request + request)
            for _ in 0..<2 { #expect(try client.response().text == "3") }
        }
    }

    @Test(arguments: ["chunked ", "chunked\t \t", "Chunked "]) func `white space around a coding is legal`(
        _ value: String
    ) throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        let request = "POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(value)\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        try client.send(request + request)
        for _ in 0..<2 { #expect(try client.response().text == "3") }
    }

    @Test(arguments: [8, 4_096, 20_000]) func `a framing field that came too late to be mended is refused`(
        _ length: Int
    ) throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        let start = "POST /length HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: length))\r\n"
        try client.send(start)
        usleep(50_000)
        try client.send("Transfer-Encoding: chunked \r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        #expect(try client.response().status == 400)
    }

    @Test(arguments: ["", " ", "+3", "3 3", "3,3", "3x ", "0x3", "-3 "])
    func `what is no length is refused as before`(_ value: String) throws {
        let test = try TestServer()
        let client = try RawHTTPClient(port: test.port)
        try client.send("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length:\(value)\r\n\r\nabc")
        #expect(try client.response().status == 400)
    }

    @Test(arguments: [
        ("Content-Length: 13 \r\nA: b \r\n\r\n", "Content-Length:  13\r\nA: b \r\n\r\n"),
        ("A: b\ncontent-length:\t7\t\t\n\n", "A: b\ncontent-length:  \t7\n\n"),
        // After the empty line comes the body.
        ("A: b\r\n\r\nContent-Length: 1 \r\n", "A: b\r\n\r\nContent-Length: 1 \r\n"),
        ("Content-Length: 1 ", "Content-Length: 1 "), ("Content-Length:   \r\n", "Content-Length:   \r\n"),
        ("X-Content-Length: 1 \r\n", "X-Content-Length: 1 \r\n"), ("\n", "\n"), ("", ""),
    ]) func `only white space behind the number of a whole line is moved`(_ text: String, _ moved: String) {
        var bytes = Array(text.utf8)
        unsafe bytes.withUnsafeMutableBytes { unsafe FramingFields.moveWhiteSpace(in: $0) }
        #expect(String(decoding: bytes, as: UTF8.self) == moved)
    }
}
