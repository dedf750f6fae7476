import Testing

@testable import TensorCoding

/// What the scanner makes of strings and of bytes that are no UTF-8.
@Suite struct JSONStringTests {
    /// By class; RFC 3629 §3 and §4.
    static let malformed: [[UInt8]] = [
        // Continuations alone
        [0x80], [0xBF], [0x80, 0x80],
        // Leads that do not exist
        [0xC0], [0xC1], [0xF5], [0xF8], [0xFC], [0xFE], [0xFF], [0xF5, 0x80, 0x80, 0x80], [0xFF, 0xFF],
        // Overlong
        [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF8, 0x88, 0x80, 0x80, 0x80],
        // Surrogates, alone and as a pair
        [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xAF, 0xBF, 0xED, 0xB0, 0x80],
        // Past U+10FFFF
        [0xF4, 0x90, 0x80, 0x80], [0xF4, 0xBF, 0xBF, 0xBF], [0xF7, 0xBF, 0xBF, 0xBF],
        // Cut
        [0xC3], [0xE2], [0xE2, 0x82], [0xF0], [0xF0, 0x9F], [0xF0, 0x9F, 0x98],
        // The sequence is interrupted
        [0xC3, 0x41], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xF0, 0x28, 0x8C, 0xBC], [0xF0, 0x9F, 0x28, 0xBC],
        [0xF0, 0x9F, 0x98, 0x28], [0xE2, 0x82, 0xC3], [0xC3, 0xC3],
    ]

    @Test(arguments: malformed) func `bytes that are no UTF-8 are refused where they begin`(bytes: [UInt8]) throws {
        let inString = try #require(syntaxError([0x5B, 0x22, 0x61] + bytes + [0x22, 0x5D]))
        #expect(inString.offset == 3)
        #expect(inString.kind == .malformed)
        let inKey = try #require(syntaxError([0x7B, 0x22] + bytes + Array("\":1}".utf8)))
        #expect(inKey.offset == 2)
        #expect(try #require(syntaxError([0x5B] + bytes + [0x5D])).offset == 1)
        #expect(try #require(syntaxError(bytes)).offset == 0)
        #expect(try #require(syntaxError([0x31] + bytes)).offset == 1)
        // At the very end of the text.
        #expect(try #require(syntaxError([0x22] + bytes)).offset == 1)
    }

    @Test func `every sequence of 1 and 2 bytes is accepted just where it is UTF-8`() {
        for first in UInt8(0x80)...0xFF {
            #expect(syntaxError([0x22, first, 0x22]) != nil)
            for second in UInt8(0x23)...0xFF where second != 0x5C {
                expectAsStandardLibrary([first, second])
            }
        }
    }

    @Test func `sequences of 3 and 4 bytes are accepted just where they are UTF-8`() {
        // Both sides of every bound of RFC 3629 §4.
        let bounds: [UInt8] = [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]
        for first in UInt8(0xDF)...0xF8 {
            for second in bounds {
                for third in bounds {
                    expectAsStandardLibrary([first, second, third])
                    for fourth in bounds { expectAsStandardLibrary([first, second, third, fourth]) }
                }
            }
        }
    }

    private func expectAsStandardLibrary(_ bytes: [UInt8]) {
        let isValid = String(validating: bytes, as: UTF8.self) != nil
        #expect((syntaxError([0x22] + bytes + [0x22]) == nil) == isValid, "\(bytes)")
    }

    @Test(arguments: [
        "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FEFF}", "\u{FFFD}", "\u{FFFE}",
        "\u{FFFF}",
        "\u{10000}", "\u{1F600}", "\u{10FFFF}", "e\u{301}", "\u{2028}",
    ])
    func `what is UTF-8 is read as it is`(text: String) throws {
        #expect(try document("\"\(text)\"") == .string(text))
        #expect(try document("{\"\(text)\":1}") == .object([text: .number(1)]))
    }

    @Test(
        arguments: [[0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xFF, 0xFE], [0xFF, 0xFE, 0, 0], [0, 0, 0xFE, 0xFF]] as [[UInt8]]
    )
    func `a byte order mark is refused`(mark: [UInt8]) throws {
        #expect(try #require(syntaxError(mark + Array("[1]".utf8))).offset == 0)
        #expect(try #require(syntaxError(mark)).offset == 0)
    }

    @Test(arguments: [false, true]) func `UTF-16 and UTF-32 are refused`(isBigEndian: Bool) {
        for width in [2, 4] {
            let bytes = "[1]".utf8.flatMap { byte -> [UInt8] in
                let zeros = [UInt8](repeating: 0, count: width - 1)
                return isBigEndian ? zeros + [byte] : [byte] + zeros
            }
            #expect(syntaxError(bytes) != nil)
        }
    }

    @Test(arguments: UInt8(0)..<0x20) func `a control character in a string is refused`(byte: UInt8) throws {
        let error = try #require(syntaxError([0x22, 0x61, byte, 0x22]))
        #expect(error.offset == 2)
        #expect(error.line == 1)
        let hex = String(byte, radix: 16)
        #expect(error.reason.hasSuffix(byte < 16 ? "\\u000\(hex)" : "\\u00\(hex)"))
    }

    // MARK: Escapes

    @Test(
        arguments: zip(
            [
                "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\u00e9", "\\u00E9", "\\uFFFF",
                "\\u0000", "\\uD83D\\uDE00", "\\ud800\\udc00", "\\udbff\\udfff", "\\ud7ff", "\\ue000", "\\u005c\\u0022",
            ],
            [
                "\"", "\\", "/", "\u{8}", "\u{C}", "\n", "\r", "\t", "A", "é", "é", "\u{FFFF}", "\0", "😀", "\u{10000}",
                "\u{10FFFF}", "\u{D7FF}", "\u{E000}", "\\\"",
            ]))
    func `an escape stands for its character`(escape: String, character: String) throws {
        #expect(try document("\"a\(escape)b\"") == .string("a\(character)b"))
    }

    @Test(arguments: [
        "\\a", "\\x41", "\\'", "\\0", "\\U0041", "\\v", "\\e", "\\ ", "\\é", "\\\n", "\\\0", "\\u{41}", "\\B",
    ])
    func `an escape that does not exist is refused where it begins`(escape: String) throws {
        let error = try #require(syntaxError("\"ab\(escape)c\"".utf8))
        // \u{ is an escape that exists; its digit does not.
        #expect(error.offset == (escape.hasPrefix("\\u") ? 5 : 3))
    }

    @Test(
        arguments: zip(
            [
                "\\u", "\\u1", "\\u12", "\\u123", "\\u123g", "\\u00 1", "\\u+041", "\\u-041", "\\u０041",
                "\\ud83d\\u12x4",
            ],
            [2, 3, 4, 5, 5, 4, 2, 2, 2, 10]))
    func `a hexadecimal digit that is missing is refused in its place`(escape: String, place: Int) throws {
        #expect(try #require(syntaxError("\"\(escape)\"".utf8)).offset == 1 + place)
        #expect(syntaxError("\"\(escape)".utf8) != nil)
    }

    @Test(arguments: [
        "\\ud800", "\\udbff", "\\udc00", "\\udfff", "\\ud800x", "\\ud800\\n", "\\ud800\\ud800", "\\udc00\\ud800",
        "\\ud800\\u0041", "\\ud800\\u0000", "\\udbff\\ue000", "\\udbff\\uffff", "\\ud800\\udbff", "\\uD800\\",
    ])
    func `half of a surrogate pair is refused where it begins`(escape: String) throws {
        #expect(try #require(syntaxError("\"a\(escape)\"".utf8)).offset == 2)
        #expect(try #require(syntaxError("{\"a\(escape)\":1}".utf8)).offset == 3)
    }

    @Test func `a backslash before the last quote leaves the string open`() throws {
        #expect(try #require(syntaxError("\"a\\\"".utf8)).offset == 4)
        #expect(try #require(syntaxError("\"a\\".utf8)).offset == 3)
    }
}
