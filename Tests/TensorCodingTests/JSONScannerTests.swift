import TestSupport
import Testing

@testable import TensorCoding

/// The structure of a text; numbers and strings have suites of their own. In the manner of JSONTestSuite.
@Suite struct JSONScannerTests {
    /// A text that breaks at a byte, of a line, in a column.
    struct Break: Sendable, CustomTestStringConvertible {
        let text: String
        let offset: Int
        let line: Int
        let column: Int

        init(_ text: String, _ offset: Int, line: Int = 1, column: Int? = nil) {
            self.text = text
            self.offset = offset
            self.line = line
            self.column = column ?? offset + 1
        }

        var testDescription: String { text.debugDescription }
    }

    @Test(arguments: [
        // Nothing, or not enough
        Break("", 0), Break("   ", 3), Break("\n\n", 2, line: 3, column: 1), Break("[", 1), Break("{", 1),
        Break("[1", 2), Break("[1,", 3), Break("{\"a\"", 4), Break("{\"a\":", 5), Break("{\"a\":1", 6),
        Break("{\"a\":1,", 7), Break("[[]", 3), Break("[{", 2), Break("\"", 1), Break("\"a", 2),
        // Too much
        Break("1 2", 2), Break("[1]x", 3), Break("[1],", 3), Break("{}}", 2), Break("[1]]", 3), Break("\"a\"\"b\"", 3),
        Break("null\0", 4), Break("{}#", 2), Break("[] //", 3),
        // Commas
        Break("[1,]", 3), Break("[,1]", 1), Break("[1,,2]", 3), Break("[,]", 1), Break("{\"a\":1,}", 7),
        Break("{,}", 1), Break("{\"a\":1,,\"b\":2}", 7), Break(",", 0), Break("[1 2]", 3),
        Break("{\"a\":1 \"b\":2}", 7),
        Break("[1;2]", 2),
        // Brackets
        Break("]", 0), Break("}", 0), Break("[1}", 2), Break("{\"a\":1]", 6), Break("[}", 1), Break("{]", 1),
        Break("(1)", 0), Break("<null>", 0), Break("[*]", 1), Break("*", 0),
        // Keys
        Break("{a:1}", 1), Break("{'a':1}", 1), Break("{1:1}", 1), Break("{null:1}", 1), Break("{[]:1}", 1),
        Break("{\"a\"}", 4), Break("{\"a\" 1}", 5), Break("{\"a\"=1}", 4), Break("{\"a\"::1}", 5), Break("{:1}", 1),
        Break("{\"a\":}", 5), Break("{\"a\",1}", 4), Break("[\"a\":1]", 4),
        // Words
        Break("tru", 3), Break("trux", 3), Break("True", 0), Break("TRUE", 0), Break("truee", 4), Break("fals", 4),
        Break("nul", 3), Break("nil", 1), Break("undefined", 0), Break("NaN", 0), Break("Infinity", 0), Break("n", 1),
        Break("[tru]", 4), Break("nan", 1), Break("true false", 5),
        // No JSON at all
        Break("x=1&y=2", 0), Break("'a'", 0), Break("// a\n1", 0), Break("/**/1", 0), Break("1/**/", 1),
        Break("`a`", 0), Break("<html>", 0), Break("\\u0031", 0),
        // White space that is none
        Break("\u{0C}1", 0), Break("1\u{0B}", 1), Break("\u{A0}1", 0), Break("1\u{2028}", 1), Break("\u{FEFF}1", 0),
        Break("[\u{2060}]", 1), Break("\0", 0), Break("[\0]", 1),
        // Lines end in LF; columns are bytes
        Break("[1,\n2,\n]", 7, line: 3, column: 1), Break("[\r\n1,\r\n]", 7, line: 3, column: 1),
        Break("[1,\r2,\r]", 7), Break("{\n  \"a\": 1,\n  \"b\": tru\n}", 22, line: 3, column: 11),
        Break("[\"é\" x]", 6), Break("[\n\"😀\",x]", 9, line: 2, column: 8), Break("\n\n\n  ?", 5, line: 4, column: 3),
    ])
    func `a text that is not JSON is refused where it breaks`(_ break: Break) throws {
        let error = try #require(syntaxError(`break`.text.utf8))
        #expect(error.kind == .malformed)
        #expect(error.offset == `break`.offset)
        #expect(error.line == `break`.line)
        #expect(error.column == `break`.column)
        #expect(!JSONGrammarTwin.accepts(Array(`break`.text.utf8)))
    }

    @Test(arguments: [
        "[]", "{}", "[[]]", "[{}]", "{\"a\":{}}", "{\"a\":[]}", "null", "true", "false", "0", "\"\"", " 1 ", "\t[\n]\r",
        "[ ]", "{ }", "[ 1 , 2 ]", "{ \"a\" : 1 , \"b\" : 2 }", "[null,true,false,0,\"\",[],{}]", "{\"\":1}",
        "{\"a\":{\"a\":{\"a\":1}}}", "[{\"a\":1},{\"a\":1}]", "{\"a\":1,\"A\":2,\"a \":3}", "\n[\r\n1\t]\n", "[1]\n",
    ])
    func `a text that is JSON is accepted`(text: String) throws {
        #expect(throws: Never.self) { try scan(text) }
        #expect(JSONGrammarTwin.accepts(Array(text.utf8)))
    }

    @Test func `an error points to the value it is in`() throws {
        func pointer(_ text: String) throws -> String {
            try #require(syntaxError(text.utf8)).pointer.description
        }
        #expect(try pointer("tru") == "")
        #expect(try pointer("[1,2,x]") == "/2")
        #expect(try pointer("{\"a\":[1,{\"b\":tru}]}") == "/a/1/b")
        #expect(try pointer("{\"a\":[1,{\"b\":[]}],\"c\":x}") == "/c")
        #expect(try pointer("{\"a/b\":{\"~\":?}}") == "/a~1b/~0")
        #expect(try pointer("{\"\\u0061\":?}") == "/a")
    }

    // MARK: Keys

    @Test(arguments: [
        Break("{\"a\":1,\"a\":2}", 7), Break("{\"a\":1,\"\\u0061\":2}", 7), Break("{\"\\u0061\":1,\"a\":2}", 12),
        Break("{\"/\":1,\"\\/\":2}", 7), Break("{\"\\n\":1,\"\\u000A\":2}", 8), Break("{\"\":1,\"\":2}", 6),
        Break("{\"😀\":1,\"\\ud83d\\ude00\":2}", 10), Break("{\"é\":1,\"\\u00E9\":2}", 8),
        Break("{\"a\":1,\"b\":2,\"a\":3}", 13), Break("[[{\"k\":{\"a\":1,\n\"a\":1}}]]", 15, line: 2, column: 1),
        Break("{\"a\":1,\"a\"", 7), Break("{\"\\u0000\":1,\"\\u0000\":2}", 12),
    ])
    func `a key that is given twice is refused at the second`(_ break: Break) throws {
        let error = try #require(syntaxError(`break`.text.utf8))
        #expect(error.kind == .duplicateKey)
        #expect(error.offset == `break`.offset)
        #expect(error.line == `break`.line)
        #expect(error.column == `break`.column)
    }

    @Test func `a key that is given twice at depth is pointed to`() throws {
        let error = try #require(syntaxError("{\"x\":[0,{\"b\":1,\"b\":2}]}".utf8))
        #expect(error.kind == .duplicateKey)
        #expect(error.pointer.description == "/x/1/b")
    }

    @Test func `keys of other scalars are other keys, though Unicode calls them equivalent`() {
        // é in one scalar and in two: RFC 8259 §8.3 compares code unit by code unit.
        #expect(throws: Never.self) { try scan("{\"\u{E9}\":1,\"e\u{301}\":2}") }
        #expect(throws: Never.self) { try scan("{\"\\u00e9\":1,\"e\\u0301\":2}") }
        #expect(throws: Never.self) { try scan("{\"\u{212B}\":1,\"\u{C5}\":2}") }
    }

    // MARK: Depth

    @Test(arguments: [("[", "]", "1"), ("{\"a\":", "}", "1"), ("[", "]", ""), ("[{\"a\":", "}]", "1")])
    func `nesting is at most 64 deep`(open: String, close: String, inner: String) throws {
        let levels = open.count { $0 == "[" || $0 == "{" }
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth / levels) + inner + String(repeating: close, count: depth / levels)
        }
        #expect(throws: Never.self) { try scan(nested(64)) }
        let tooDeep = Array("[\(nested(64))]".utf8)
        let error = try #require(syntaxError(tooDeep))
        #expect(error.kind == .tooDeep)
        // The last that opens.
        let offset = tooDeep.lastIndex { "[{".utf8.contains($0) }
        #expect(error.offset == offset)
    }

    @Test func `an empty object counts as a level`() throws {
        let open = String(repeating: "[", count: 64)
        #expect(try #require(syntaxError((open + "{}").utf8)).kind == .tooDeep)
        #expect(try #require(syntaxError((open + "[]").utf8)).kind == .tooDeep)
    }

    @Test func `siblings are not nested`() {
        let text = "[" + Array(repeating: "[[]]", count: 1000).joined(separator: ",") + "]"
        #expect(throws: Never.self) { try scan(text) }
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"]) func `nesting without end is refused and no trap`(open: String)
        throws
    {
        let error = try #require(syntaxError(String(repeating: open, count: 100_000).utf8))
        #expect(error.kind == .tooDeep)
    }

    // MARK: Broken texts

    @Test func `a text that is cut anywhere is refused`() throws {
        let text = """
            {"x":[[-1.5e+3,0,1e-400],[2,3.25,0E5]],"shape":[2,3],"t":[true,false,null,{}],
             "é":"\\ud83d\\ude00\\n\\u00e9😀","big":123456789012345678901234567890}
            """
        let bytes = Array(text.utf8)
        #expect(throws: Never.self) { try scan(bytes) }
        for count in 0..<bytes.count {
            let error = try #require(syntaxError(bytes[..<count]), "cut at \(count)")
            #expect(error.offset <= count)
            #expect(throws: JSONSyntaxError.self) { try document(bytes[..<count]) }
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a text that was changed at random is accepted just where the grammar has it`(seed: UInt64) {
        var fuzzer = JSONFuzzer(seed: seed)
        var counts: [JSONGrammarTwin.Verdict: Int] = [:]
        for _ in 0..<5000 {
            let bytes = fuzzer.next()
            let verdict = JSONGrammarTwin.verdict(bytes)
            counts[verdict, default: 0] += 1
            let shown = String(decoding: bytes, as: UTF8.self).debugDescription
            #expect((syntaxError(bytes) != nil) == (verdict == .malformed), "\(shown)")
            switch verdict {
            case .accepted: #expect(throws: Never.self, "\(shown)") { try document(bytes) }
            case .malformed: #expect(throws: JSONSyntaxError.self, "\(shown)") { try document(bytes) }
            case .overflow:
                // Once what is read holds such a number; an array that is ragged before it holds none.
                let error = invalidValue { try document(bytes) }
                #expect(error == nil ? hasNoTensor(bytes) : error?.kind == .overflow, "\(shown)")
            }
        }
        // All happen.
        #expect(counts[.accepted, default: 0] > 100 && counts[.malformed, default: 0] > 100)
        #expect(counts[.overflow, default: 0] > 5)
    }

    private func hasNoTensor(_ text: [UInt8]) -> Bool {
        func has(_ document: JSONDocument) -> Bool {
            switch document {
            case .noTensor: true
            case .array(let elements): elements.contains(where: has)
            case .object(let members): members.values.contains(where: has)
            default: false
            }
        }
        return (try? document(text)).map(has) ?? false
    }
}
