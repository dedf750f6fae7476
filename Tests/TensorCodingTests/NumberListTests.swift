import FoundationEssentials
import Testing

@testable import TensorCoding

@Suite struct NumberListTests {
    /// A list of numbers at `positions`.
    private struct Request: DecodableWithConfiguration {
        let positions: NumberList

        private enum Key: CodingKey { case positions }

        init(from decoder: any Decoder, configuration: Void) throws {
            let object = try decoder.container(keyedBy: Key.self)
            positions = try NumberList(from: object.superDecoder(forKey: .positions))
        }
    }

    private func list(_ text: String) throws -> NumberList {
        try JSONReader(Data("{\"positions\":\(text)}".utf8)).read(Request.self, configuration: ()).positions
    }

    private func numbers(_ text: String) throws -> [Double] { try list(text).numbers }

    @Test func `numbers of all sorts are read`() throws {
        #expect(try numbers("[0,-1,2.5,1e3,9007199254740992]") == [0, -1, 2.5, 1000, 0x1p53])
        #expect(try numbers("[0e5,1e-400,5e-324,-0e9]").map(\.bitPattern) == [0, 0, 1, 1 << 63])
    }

    @Test func `lists of lists are read in their order`() throws {
        let lists = try list("[[1,2,3],[4,5,6]]")
        #expect(lists.numbers == [1, 2, 3, 4, 5, 6] && lists.axes == [2, 3])
        #expect(try list("[1,2]").axes == [2])
    }

    @Test(arguments: [
        ("[]", "", InvalidValue.Kind.empty), ("[1,[2]]", "/1", .ragged), ("[[1],2]", "/1", .ragged),
        ("[[1],[2,3]]", "/1", .ragged), ("[[[[1]]]]", "", .shapeMismatch), ("[1,1e400]", "/1", .overflow),
    ])
    func `what is no list is refused in its place`(text: String, place: String, kind: InvalidValue.Kind) throws {
        let error = try #require(invalidValue { try numbers(text) })
        #expect(error.kind == kind && error.pointer.description == "/positions" + place)
    }

    @Test(arguments: [
        ("5", "", "a number"), ("null", "", "null"), ("\"1\"", "", "a string"), ("true", "", "a boolean"),
        ("{}", "", "an object"), ("[1,null]", "/1", "null"), ("[\"1\",2]", "/0", "a string"),
        ("[true]", "/0", "a boolean"), ("[1,{\"a\":1}]", "/1", "an object"), ("[null,null]", "/0", "null"),
        ("[1,\"NaN\",null]", "/1", "a string"),
    ])
    func `what is no list of numbers is refused in its place, and called what it is`(
        text: String, place: String, name: String
    ) throws {
        let error = try #require(invalidValue { try numbers(text) })
        #expect(error.kind == .wrongType)
        #expect(error.pointer.description == "/positions" + place)
        #expect(error.detail.hasSuffix("is \(name)"))
    }
}
