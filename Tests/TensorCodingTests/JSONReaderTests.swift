import FoundationEssentials
import Testing

@testable import TensorCoding

@Suite struct JSONReaderTests {
    /// A type that decodes itself as Codable's do, but for its numbers.
    private struct Point: DecodableWithConfiguration, Equatable {
        let x: Int
        let name: String
        let path: [Double]
        let tags: [String]?
        let unit: String

        private enum Key: CodingKey { case x, name, path, tags }

        init(x: Int, name: String = "p", path: [Double] = [], tags: [String]? = nil, unit: String = "m") {
            (self.x, self.name, self.path, self.tags, self.unit) = (x, name, path, tags, unit)
        }

        init(from decoder: any Decoder, configuration: String) throws {
            let object = try decoder.container(keyedBy: Key.self)
            x = try object.decode(Int.self, forKey: .x)
            name = try object.decode(String.self, forKey: .name)
            path = try NumberList(from: object.superDecoder(forKey: .path)).numbers
            tags = try object.decodeIfPresent([String].self, forKey: .tags)
            unit = configuration
        }
    }

    private func point(_ text: String, unit: String = "m") throws -> Point {
        try JSONReader(Data(text.utf8)).read(Point.self, configuration: unit)
    }

    @Test func `a value is read with its configuration`() throws {
        let read = try point("{\"x\":3,\"name\":\"q\",\"path\":[1,0e5,2.5]}", unit: "km")
        #expect(read == Point(x: 3, name: "q", path: [1, 0, 2.5], unit: "km"))
        let tagged = try point("{\"tags\":[\"a\",\"[1]\"],\"x\":0e5,\"name\":\"q\",\"path\":[1]}")
        #expect(tagged == Point(x: 0, name: "q", path: [1], tags: ["a", "[1]"]))
    }

    @Test func `what is not JSON is read by nobody`() {
        for text in [
            "{\"x\":1,\"name\":\"p\",\"path\":[1,]}", "{\"x\":1,\"x\":2,\"name\":\"p\",\"path\":[1]}", "", "{",
            "\u{FEFF}{}",
        ] {
            #expect(throws: JSONSyntaxError.self) { try point(text) }
        }
    }

    @Test(arguments: [
        ("{\"x\":\"1\",\"name\":\"p\",\"path\":[1]}", InvalidValue.Kind.wrongType, "/x"),
        ("{\"x\":true,\"name\":\"p\",\"path\":[1]}", .wrongType, "/x"),
        ("{\"x\":null,\"name\":\"p\",\"path\":[1]}", .wrongType, "/x"),
        ("{\"x\":1,\"name\":2,\"path\":[1]}", .wrongType, "/name"),
        ("{\"x\":1,\"name\":\"p\",\"path\":[1,\"2\"]}", .wrongType, "/path/1"),
        ("{\"x\":1,\"name\":\"p\",\"path\":[null]}", .wrongType, "/path/0"),
        ("{\"x\":1,\"name\":\"p\",\"path\":{}}", .wrongType, "/path"),
        ("{\"x\":1,\"path\":[1]}", .missingKey, ""),
        ("{\"x\":1,\"name\":\"p\",\"path\":[0,1e309]}", .overflow, "/path/1"),
        ("{\"x\":1e309,\"name\":\"p\",\"path\":[1]}", .overflow, "/x"),
        ("{\"x\":[1],\"name\":\"p\",\"path\":[1]}", .wrongType, "/x"),
        ("{\"x\":1,\"name\":[\"p\"],\"path\":[1]}", .wrongType, "/name"),
        ("{\"x\":1,\"name\":\"p\",\"path\":[1],\"tags\":[\"a\",{}]}", .wrongType, "/tags/1"),
        ("{\"x\":1,\"name\":\"p\",\"path\":[1],\"tags\":[\"a\",0e5,null]}", .wrongType, "/tags/1"),
        ("[]", .wrongType, ""),
        ("null", .wrongType, ""),
    ])
    func `what a type refuses is said with its place`(text: String, kind: InvalidValue.Kind, place: String) throws {
        let error = try #require(invalidValue { try point(text) })
        #expect(error.kind == kind)
        #expect(error.pointer.description == place)
        #expect(!error.detail.isEmpty)
    }

    @Test func `a member with more numbers than it may hold is refused once the text is known to be JSON`() throws {
        func read(_ text: String) -> InvalidValue? {
            invalidValue {
                try JSONReader(Data(text.utf8), maxNumbers: 3).read(Point.self, configuration: "")
            }
        }
        let error = try #require(read(#"{"name":"p","path":[1,[2,3],4,5,6,7,8,9,10,11,12],"x":1}"#))
        #expect(error.kind == .tooManyElements(limit: 3) && error.pointer.description == "/path")
        #expect(error.detail.contains("12"))
        #expect(throws: JSONSyntaxError.self) {
            try JSONReader(Data(#"{"path":[1,2,3,4,5,6,7,8,9,10,11,12],"x":1e999,"#.utf8), maxNumbers: 3).read(
                Point.self, configuration: "")
        }
        #expect(read(#"{"name":"p","path":[1,2,3,4,5,6,7,8,9,10,11],"x":1}"#)?.kind != .tooManyElements(limit: 3))
    }

    @Test(arguments: ["1.5", "1e30", "-9223372036854775809"])
    func `a number that is no Int is refused`(number: String) throws {
        let error = try #require(invalidValue { try point("{\"x\":\(number),\"name\":\"p\",\"path\":[1]}") })
        #expect(error.kind == .wrongType)
    }

    @Test(arguments: zip(["3.0", "3e0", "30e-1", "0.3e1", "0e7", "-0", "-0e1"], [3, 3, 3, 3, 0, 0, 0]))
    func `an Int takes any number of whole value`(number: String, value: Int) throws {
        #expect(try point("{\"x\":\(number),\"name\":\"p\",\"path\":[1]}").x == value)
    }

    @Test func `a slice of other data is read from its own beginning`() throws {
        let all = Data("garbage[0e5,1,1e-400,-0e1]garbage".utf8)
        let slice = all[all.startIndex + 7..<all.endIndex - 7]
        let read = try JSONReader(slice).read(JSONDocument.self, configuration: .init())
        guard case .array(let elements) = read, case .number(let last) = elements.last else {
            Issue.record("\(read)")
            return
        }
        #expect(elements == [.number(0), .number(1), .number(0), .number(0)])
        #expect(last.sign == .minus)
        // Read as another type than was guessed, and left to the decoder.
        let others = Data("garbage{\"x\":[1e300],\"y\":[null,0e5],\"z\":\"é\"}garbage".utf8).dropFirst(7).dropLast(7)
        #expect(
            try JSONReader(others).read(JSONDocument.self, configuration: .init())
                == .object(["x": .array([.number(1e300)]), "y": .array([.null, .number(0)]), "z": .string("é")]))
        #expect(all.starts(with: Data("garbage[0e5".utf8)))
    }

    @Test func `the errors of a type are its own`() {
        struct Refusal: Error {}
        struct Refusing: DecodableWithConfiguration {
            init(from decoder: any Decoder, configuration: String) throws { throw Refusal() }
        }
        #expect(throws: Refusal.self) {
            try JSONReader(Data("1".utf8)).read(Refusing.self, configuration: "")
        }
    }
}
