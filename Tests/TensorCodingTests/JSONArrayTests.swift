import FoundationEssentials
import Glibc
import PositionalEncoding
import Testing

@testable import TensorCoding

/// Arrays as the scanner meets them: where they stand, where they end, and what is in them.
@Suite struct JSONArrayTests {
    // MARK: What is no element

    @Test(arguments: ["null", "\"a\"", "{}", "[null]", "{\"a\":[1]}"], [false, true])
    func `an array with anything else in it is refused in its place, small or large`(other: String, isLarge: Bool)
        throws
    {
        // Of more than 65 536 none is kept.
        let others = Array(repeating: other, count: isLarge ? 65_537 : 1).joined(separator: ",")
        for field in ["x", "mask", "list"] {
            for (first, name) in [("1", "a number"), ("true", "true or false")] where first == "1" || field == "mask" {
                let error = try #require(
                    invalidValue { try ArrayRequest.read(#"{"\#(field)":[\#(first),\#(others)]}"#) })
                let place = other == "[null]" ? "/\(field)/1/0" : "/\(field)/1"
                #expect(error.kind == .wrongType && error.pointer.description == place)
                #expect(error.detail.hasPrefix("an element of this tensor is \(name); this is "))
            }
        }
        // What stands beside it is read all the same.
        let list = try ArrayRequest.read(#"{"a":[\#(others)],"list":[1,2],"b":[2,null]}"#).list
        #expect(list?.numbers == [1, 2])
    }

    @Test(arguments: [
        ("NaN]}", true), ("0.5,]}", true), ("01]}", true), ("0.5", true), ("null]}", false), ("true]}", false),
    ])
    func `what is wrong late in a long array is said for what it is`(rest: String, isMalformed: Bool) throws {
        let text = #"{"x":["# + String(repeating: "0.5,", count: 70_000) + rest
        if isMalformed {
            let error = try #require(syntaxError(text.utf8))
            #expect(error.kind == .malformed && error.offset >= 280_006)
        } else {
            let error = try #require(
                invalidValue {
                    try JSONReader(Data(text.utf8)).read(TensorRequest.self, configuration: .init())
                })
            #expect(error.kind == .wrongType && error.pointer.description == "/x/70000")
        }
    }

    @Test func `more values than any request needs are too many, and elements of arrays are none`() throws {
        let members = (0..<70_000).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(try #require(invalidValue { try scan("{\(members)}") }).kind == .tooManyValues)
        try scan("{\"a\":[\(String(repeating: "0,", count: 70_000))0]}")
    }

    @Test func `keys of objects within arrays are bounded as members are`() throws {
        let members = (0..<70_000).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(try #require(invalidValue { try scan("{\"a\":[{\(members)}]}") }).kind == .tooManyValues)
    }

    @Test func `an object of many members takes time for each, and not for each pair`() throws {
        func time(_ count: Int) throws -> Duration {
            let text = Array("{\((0..<count).map { "\"\($0)\":0" }.joined(separator: ","))}".utf8)
            return try ContinuousClock().measure { try scan(text) }
        }
        // Ten times as many: a hundred times as long would be for each pair.
        let ratios = try (0..<3).map { _ in try time(60_000) / time(6_000) }
        #expect(try #require(ratios.min()) < 50)
    }

    @Test(arguments: [0, 1, 3])
    func `of a long array nothing is kept, and what stands beside it is`(before: Int) throws {
        // Members before it count as values kept, too.
        let members = (0..<before).map { "\"m\($0)\":[null,{}]," }.joined()
        for (element, count) in [("null", 65_000), ("{\"a\":[\"b\",[0]]}", 14_000), ("null", 100_000)] {
            let elements = Array(repeating: element, count: count).joined(separator: ",")
            var scanner = JSONScanner()
            try scanner.scan(Array("{\(members)\"x\":[\(elements)],\"y\":{\"z\":[\"a\"]}}".utf8).span)
            let x = try #require(scanner.rows.firstIndex { $0.key == "x" })
            if count == 65_000 {
                #expect(scanner.rows.count == x + 1 + count + 3)
            } else {
                #expect(scanner.rows.count == x + 1 + 3 && scanner.rows[x].next == x + 1)
                guard case .closedArray = scanner.rows[x].content else { throw Kept() }
            }
            #expect(scanner.rows.suffix(3).map(\.key) == ["y", "z", ""])
            #expect(scanner.rows[0].next == scanner.rows.count && scanner.rows[x].array != nil)
        }
    }

    private struct Kept: Error {}

    @Test(arguments: [("[true,1]", "/1"), ("[1,true]", "/1"), ("[[true],[0]]", "/1/0"), ("[[1,2],[3,false]]", "/1/1")])
    func `a mask of booleans and numbers is neither`(mask: String, place: String) throws {
        let flat = #"{"shape":[2],"data":\#(mask)}"#
        for (text, place) in [(mask, "/mask" + place), (flat, "/mask/data" + place)] {
            let error = try #require(invalidValue { try ArrayRequest.read(#"{"mask":\#(text)}"#) })
            #expect(error.kind == .wrongType && error.pointer.description == place)
        }
    }

    // MARK: Rows

    /// Nested arrays of two elements on each axis.
    private indirect enum Nest {
        case number, array([Nest])

        init(rank: Int) {
            self = rank == 0 ? .number : .array([Nest(rank: rank - 1), Nest(rank: rank - 1)])
        }

        /// What stands at the end of so many last branches is changed.
        func changingLast(atDepth depth: Int, _ change: (Nest) -> Nest) -> Nest {
            guard depth > 0, case .array(var rows) = self, let last = rows.popLast() else { return change(self) }
            return .array(rows + [last.changingLast(atDepth: depth - 1, change)])
        }

        var text: String {
            switch self {
            case .number: "1"
            case .array(let rows): "[\(rows.map(\.text).joined(separator: ","))]"
            }
        }
    }

    @Test(arguments: 2...8) func `a ragged row is found at every depth`(rank: Int) throws {
        let nest = Nest(rank: rank)
        #expect(try TensorRequest.read(nest.text).tensor.shape.axes == Array(repeating: 2, count: rank))
        for depth in 1...rank {
            let place = String(repeating: "/1", count: depth)
            var changes: [(Nest) -> Nest] = [{ .array([$0]) }]
            if depth < rank {
                changes = [
                    { if case .array(let rows) = $0 { .array(rows + rows) } else { $0 } },
                    { if case .array(let rows) = $0 { .array(Array(rows.prefix(1))) } else { $0 } },
                    { _ in .array([]) }, { _ in .number },
                ]
            }
            for (index, change) in changes.enumerated() {
                let text = nest.changingLast(atDepth: depth, change).text
                for type in ScalarType.allCases {
                    let error = try #require(
                        invalidValue { try TensorRequest.read(text, as: type) }, "\(index) \(text)")
                    #expect(error.kind == .ragged && error.pointer.description == "/x\(place)", "\(index) \(text)")
                }
            }
        }
    }

    // MARK: Depth

    @Test(arguments: 0...64) func `arrays in objects are nested at most 64 deep together`(objects: Int) throws {
        func text(_ arrays: Int, _ inner: String) -> String {
            String(repeating: "{\"a\":", count: objects) + String(repeating: "[", count: arrays) + inner
                + String(repeating: "]", count: arrays) + String(repeating: "}", count: objects)
        }
        for inner in ["1", "true", "null", "1,2", "\"\""] where inner != "1,2" || objects < 64 {
            #expect(throws: Never.self) { try scan(text(64 - objects, inner)) }
            let error = try #require(syntaxError(text(65 - objects, inner).utf8), "\(objects) \(inner)")
            #expect(error.kind == .tooDeep)
            #expect(error.offset == objects * 5 + 64 - objects)
        }
        #expect(try #require(syntaxError(text(65 - objects, "").utf8)).kind == .tooDeep)
    }

    // MARK: Ends

    private static let text = """
        {"dtype":"float64","x":[[-1.5e+3,0,1E-4],[2,3.25,0]],"mask":[[true,false]],"list":[[1],[2]],
         "o":[null,{"a":[1]}],"y":{"shape":[1],"data":[10]}}
        """

    @Test(arguments: [Self.text, Self.text.replacing("float64", with: "float32"), "         [[1e1,2],[30,4.5]]"])
    func `a text that is cut anywhere is refused at its end, and nothing past it is read`(text: String) throws {
        let bytes = Array(text.utf8)
        #expect(throws: Never.self) { try LastBytes(bytes).scan() }
        // Shorter ones Data keeps within itself.
        for count in 15..<bytes.count {
            let cut = try LastBytes(Array(bytes[..<count]))
            let error = #expect(throws: JSONSyntaxError.self) { try cut.scan() }
            #expect(error?.offset == count && error?.kind == .malformed, "\(count)")
        }
    }

    @Test func `an array at the end of the memory that is there is read`() throws {
        for text in ["[1,2,3,4,5,6,7,8]", "[[1.25],[2.25e0]]", "[true,true,false]", " [100000000000000]"] {
            #expect(try LastBytes(Array(text.utf8)).document() == document(text))
        }
    }

    /// A text whose last byte is the last before a page that nobody may read.
    private final class LastBytes {
        private let memory: UnsafeMutableRawPointer
        private let size: Int
        private let text: Data

        init(_ bytes: [UInt8]) throws {
            let page = sysconf(Int32(_SC_PAGESIZE))
            size = (bytes.count + page - 1) / page * page + page
            let mapped = try #require(
                mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), "no memory")
            try #require(mapped != MAP_FAILED)
            memory = mapped
            mprotect(memory + size - page, page, PROT_NONE)
            let start = memory + size - page - bytes.count
            start.copyMemory(from: bytes, byteCount: bytes.count)
            text = Data(bytesNoCopy: start, count: bytes.count, deallocator: .none)
        }

        deinit { munmap(memory, size) }

        func scan() throws {
            var scanner = JSONScanner()
            try scanner.scan(text.span)
            _ = try JSONReader(text)
        }

        func document() throws -> JSONDocument {
            try JSONReader(text).read(JSONDocument.self, configuration: .init())
        }
    }

    // MARK: White space

    @Test(arguments: [" ", "\t", "\n", "\r", "\r\n\t ", "        "])
    func `white space may stand between any two tokens, and within none`(space: String) throws {
        let text = Array(
            #"{"x":[[-1,2.5],[3e1,40]],"m":[true,[],{}],"n":[false,true],"t":{"shape":[2,1],"data":[7,80]}}"#.utf8)
        let expected = try document(text)
        var accepted = 0
        for place in 0...text.count {
            let spaced = Array(text[..<place]) + Array(space.utf8) + Array(text[place...])
            if JSONGrammarTwin.accepts(spaced) {
                // Within a key it is another key.
                if text[..<place].count(where: { $0 == UInt8(ascii: "\"") }).isMultiple(of: 2) {
                    #expect(try document(spaced) == expected, "\(place)")
                    accepted += 1
                }
            } else {
                #expect(syntaxError(spaced) != nil, "\(place)")
            }
        }
        // Around and between its 57 tokens.
        #expect(accepted == 58)
        let tokens = ["{", "\"x\"", ":", "[", "[", "1", ",", "2", "]", ",", "[", "3", ",", "4", "]", "]", "}"]
        let spread = space + tokens.joined(separator: space) + space
        #expect(try ArrayRequest.read(spread).x?.tensor.numbers == [1, 2, 3, 4])
    }

    // MARK: Limits

    @Test func `the numbers of an array that stands alone are counted as well`() throws {
        let text = Data("[\(Array(repeating: "1", count: 20).joined(separator: ","))]".utf8)
        let error = try #require(invalidValue { try JSONReader(text, maxNumbers: 3) })
        #expect(error.kind == .tooManyElements(limit: 3) && error.pointer.description == "")
        #expect(try JSONReader(text, maxNumbers: 20).numberCount == 20)
        #expect(try JSONReader(Data("{\"a\":[1,2],\"b\":3,\"c\":[null,4]}".utf8)).numberCount == 4)
    }

    @Test func `many short arrays do not each take memory for a long one`() throws {
        let text = "{\((0..<1_000).map { "\"\($0)\":[\($0),1]" }.joined(separator: ",")),\"b\":[true]}"
        var scanner = JSONScanner()
        try scanner.scan(Array(text.utf8).span)
        #expect(scanner.arrays.count == 1_001)
        for array in scanner.arrays {
            switch array.elements {
            case .float32(let elements): #expect(elements.capacity < 64)
            case .boolean(let elements): #expect(elements.capacity < 64)
            default: Issue.record("numbers and booleans are read as such")
            }
        }
    }
}
