import PositionalEncoding
import Testing

@testable import TensorCoding

/// What is no tensor, and where.
@Suite struct TensorErrorTests {
    @Test(arguments: [
        // Rows
        ("[[1,2],[3]]", InvalidValue.Kind.ragged, "/x/1"), ("[[1,2],[3,4,5]]", .ragged, "/x/1"),
        ("[[1],[]]", .ragged, "/x/1"), ("[[[1],[2]],[[3]]]", .ragged, "/x/1"),
        ("[[[1],[2]],[[3],[4,5]]]", .ragged, "/x/1/1"),
        ("[[[1,2]],[[3]]]", .ragged, "/x/1/0"), ("[[1],[2],[3,4],[5,6]]", .ragged, "/x/2"),
        ("[[[1]],[]]", .ragged, "/x/1"),
        ("[[[1]],[[]]]", .ragged, "/x/1/0"),
        // Shallower and deeper than the neighbours
        ("[[1],2]", .ragged, "/x/1"), ("[[1],true]", .wrongType, "/x/1"),
        ("[[1],null]", .wrongType, "/x/1"), ("[[1],\"a\"]", .wrongType, "/x/1"), ("[[1],{}]", .wrongType, "/x/1"),
        ("[[[1]],[2]]", .ragged, "/x/1/0"), ("[[[1],[2]],[[3],4]]", .ragged, "/x/1/1"),
        ("[[1],[[2]]]", .ragged, "/x/1/0"),
        ("[[1,2],[3,[4]]]", .ragged, "/x/1/1"), ("[[1,[2]]]", .ragged, "/x/0/1"),
        // Empty
        ("[]", .empty, "/x"), ("[[]]", .empty, "/x"), ("[[[]]]", .empty, "/x"), ("[[],[]]", .empty, "/x"),
        ("[[],[1]]", .empty, "/x"), ("{\"shape\":[0],\"data\":[]}", .empty, "/x/shape"),
        ("{\"shape\":[2,0],\"data\":[]}", .empty, "/x/shape"), ("{\"shape\":[0,1],\"data\":[1]}", .empty, "/x/shape"),
        // Elements that are no numbers
        ("[null]", .wrongType, "/x/0"), ("[1,null]", .wrongType, "/x/1"), ("[[1,null]]", .wrongType, "/x/0/1"),
        ("[[1,2],[3,true]]", .wrongType, "/x/1/1"), ("[[1,\"2\"]]", .wrongType, "/x/0/1"),
        ("[[1,{}]]", .wrongType, "/x/0/1"),
        ("[true,false]", .wrongType, "/x/0"), ("[true,1]", .wrongType, "/x/0"), ("[[false],[1]]", .wrongType, "/x/0/0"),
        ("[[true],[]]", .wrongType, "/x/0/0"), ("[1,true]", .wrongType, "/x/1"), ("[\"1\"]", .wrongType, "/x/0"),
        ("[{\"a\":1}]", .wrongType, "/x/0"),
        ("[[null,1]]", .wrongType, "/x/0/0"), ("[[[1,\"NaN\"]]]", .wrongType, "/x/0/0/1"),
        ("[1e-46,null]", .wrongType, "/x/1"),
        ("{\"shape\":[4],\"data\":[1,2,3,null]}", .wrongType, "/x/data/3"),
        ("{\"shape\":[1],\"data\":[false]}", .wrongType, "/x/data/0"),
        ("{\"shape\":[2],\"data\":[[1,2],[3,4]]}", .wrongType, "/x/data/0"),
        ("{\"shape\":[2],\"data\":[1,\"2\"]}", .wrongType, "/x/data/1"),
        // No tensor at all
        ("5", .wrongType, "/x"), ("\"[1]\"", .wrongType, "/x"), ("true", .wrongType, "/x"), ("null", .wrongType, "/x"),
        // Keys
        ("{}", .missingKey, "/x/shape"), ("{\"shape\":[1]}", .missingKey, "/x/data"),
        ("{\"data\":[1]}", .missingKey, "/x/shape"),
        ("{\"shape\":[1],\"data\":[1],\"dtype\":\"float32\"}", .unknownKey, "/x/dtype"),
        ("{\"shape\":[1],\"data\":[1],\"b\":1,\"a/b\":1}", .unknownKey, "/x/a~1b"),
        ("{\"Shape\":[1],\"data\":[1]}", .unknownKey, "/x/Shape"),
        // Data
        ("{\"shape\":[1],\"data\":1}", .wrongType, "/x/data"), ("{\"shape\":[1],\"data\":null}", .wrongType, "/x/data"),
        ("{\"shape\":[1],\"data\":\"1\"}", .wrongType, "/x/data"),
        ("{\"shape\":[1],\"data\":{}}", .wrongType, "/x/data"),
        // Shapes
        ("{\"shape\":[2,2],\"data\":[1,2,3]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[2],\"data\":[1,2,3]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[1],\"data\":[]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[],\"data\":[]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[-1],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[-1,-1],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[1.5],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[true],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[\"1\"],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[null],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":null,\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":1,\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[[1]],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":{},\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[1e30],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[4611686018427387904,3],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[9223372036854775807,3],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[4294967296,4294967296],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[4],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("{\"shape\":[1,1,1,1,1,1,1,1,1],\"data\":[1]}", .shapeMismatch, "/x/shape"),
        ("[[[[[[[[[1]]]]]]]]]", .shapeMismatch, "/x"),
    ])
    func `what is no tensor is refused in its place`(x: String, kind: InvalidValue.Kind, place: String) throws {
        for type in ScalarType.allCases {
            let error = try #require(invalidValue { try TensorRequest.read(x, as: type) })
            #expect(error.kind == kind)
            #expect(error.pointer.description == place)
            #expect(!error.detail.isEmpty)
        }
    }

    @Test func `the row to blame is told apart from the first`() throws {
        let error = try #require(invalidValue { try TensorRequest.read("[[1,2,3],[4,5]]") })
        #expect(error.detail.contains("2") && error.detail.contains("3"))
    }

    @Test(
        arguments: zip(
            ["null", "true", "\"1\"", "{}"], ["null", "a boolean", "a string", "an object"]))
    func `an element that is no number is called what it is`(element: String, name: String) throws {
        let error = try #require(invalidValue { try TensorRequest.read("[[1,\(element)]]") })
        #expect(error.detail.hasSuffix(name))
    }

    @Test(arguments: [
        ("[1,2,3,4]", 4, "/x"), ("[[1,2],[3,4]]", 4, "/x"), ("{\"shape\":[4],\"data\":[1,2,3,4]}", 4, "/x/data"),
        ("{\"shape\":[4],\"base64\":\"AAAAAAAAAAAAAAAAAAAAAA==\"}", 4, "/x/base64"),
    ])
    func `more elements than are allowed are refused before they are read`(x: String, count: Int, place: String) throws
    {
        let error = try #require(invalidValue { try TensorRequest.read(x, maxElements: 3) })
        #expect(error.kind == .tooManyElements(limit: 3))
        #expect(error.detail.contains("\(count) elements"))
        #expect(error.pointer.description == place)
    }

    @Test(arguments: [("[[1,2],[null,4]]", "/x/1/0"), ("[[1,2],[3]]", "/x/1")])
    func `what makes nested arrays no tensor is said before that they are too long`(x: String, place: String) throws {
        #expect(try #require(invalidValue { try TensorRequest.read(x, maxElements: 2) }).pointer.description == place)
    }
}
