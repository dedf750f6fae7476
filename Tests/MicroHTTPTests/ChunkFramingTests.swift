import Glibc
import TestSupport
import Testing

@testable import MicroHTTP

@Suite struct ChunkFramingTests {
    private static let head = "POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static let malformed = [
        "3\nabc\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n", "4\r\nabc\r\n0\r\n\r\n", "3\r\nabc\r\n0\n\r\n",
        "3\r\nabc\r\n0\r\n\n",
        "3\r\nabc\r\n0\r\nX: y\n\r\n", "3\r\nabc\r\n0\r\nX: a\rb\r\n\r\n", "3;a\rb\r\nabc\r\n0\r\n\r\n",
        "3;a=b\nabc\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n", "\t3\r\nabc\r\n0\r\n\r\n",
        "3\rabc\r\n0\r\n\r\n", "3\r\nabc\r\n2\nde\r\n0\r\n\r\n", "3\r\nabc\n2\r\nde\r\n0\r\n\r\n",
        "3\r\nabc\r0\r\n\r\n", "3\nabc\n0\n\n", "3\r\nabc\r\n00\n\n", "3\r\nabc\r\n0;a\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n",
    ]

    @Test(arguments: malformed) func `a line between chunks that does not end in CR LF is refused once`(
        _ body: String
    ) throws {
        let test = try TestServer()
        for isHeadAlone in [false, true] {
            let client = try RawHTTPClient(port: test.port)
            if isHeadAlone {
                try client.send(Self.head)
                usleep(20_000)
                try client.send(body)
            } else {
                try client.send(Self.head + body)
            }
            #expect(try client.response().status == 400)
            client.shutDownSending()
            #expect(client.isClosedByServer())
        }
        #expect(TestServer.eventually { test.application.records.withLock { $0.count } == 2 })
        #expect(test.application.records.withLock { $0.allSatisfy { $0.status == 400 } })
        #expect(test.becomesIdle())
    }

    private static let wellFormed = [
        ("3\r\nabc\r\n0\r\n\r\n", 3), ("0\r\n\r\n", 0), ("003;a=b\r\nabc\r\n0;c\r\n\r\n", 3),
        ("3\r\n\r\n\n\r\n0\r\n\r\n", 3), ("4\r\n\0\n\0\r\r\n2\r\n\n\r\r\n0\r\nX: y\r\nZ:\r\n\r\n", 6),
        ("1\r\na\r\n01\r\nb\r\n1\r\n\n\r\n000\r\n\r\n", 3),
    ]

    @Test(arguments: wellFormed) func `chunks are read however they are cut into packets`(
        _ body: String, _ length: Int
    ) throws {
        let test = try TestServer()
        let bytes = Array(body.utf8)
        let client = try RawHTTPClient(port: test.port)
        for first in 0...bytes.count {
            for second in stride(from: first, through: bytes.count, by: 3) {
                try client.send(Array(Self.head.utf8) + bytes[..<first])
                for part in [bytes[first..<second], bytes[second...]] where !part.isEmpty {
                    usleep(500)
                    try client.send(Array(part))
                }
                let response = try client.response()
                #expect(response.status == 200 && response.text == String(length), "\(first), \(second)")
            }
        }
    }

    /// Calls `body` with so many bytes, before and after which no byte can be read.
    private func withFencedBytes(_ count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Void) throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        try #require(count == page)
        let memory = try #require(mmap(nil, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        try #require(memory != MAP_FAILED && mprotect(memory + page, page, PROT_READ | PROT_WRITE) == 0)
        body((memory + page).bindMemory(to: UInt8.self, capacity: page))
        munmap(memory, 3 * page)
    }

    @Test func `no byte is read before the buffer, nor after the first NUL that follows data`() throws {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        var random = SplitMix64(seed: 11)
        try withFencedBytes(page) { memory in
            let alphabet = Array("\r\n0;1a ".utf8)
            var accepted = 0
            for _ in 0..<20_000 {
                // The buffer ends with its only NUL, where the fence begins; or is all of the page up to there.
                let count = Int.random(in: 1...40, using: &random)
                let base = Bool.random(using: &random) ? memory : memory + (page - 1 - count)
                for index in 0..<count { base[index] = alphabet.randomElement(using: &random) ?? 0 }
                base[count] = 0
                let start = Int.random(in: 0..<count, using: &random)
                let length = Int.random(in: 1...(count - start), using: &random)
                var framing = ChunkFraming(base: UnsafePointer(base), headByteCount: 100)
                if framing.accepts(UnsafeRawBufferPointer(start: base + start, count: length)) { accepted += 1 }
            }
            #expect(accepted > 0 && accepted < 20_000)
        }
    }
}
