import FoundationEssentials
import PositionalEncoding
import TensorCoding
import TestSupport
import Testing

@testable import RopewalkService

/// `application/octet-stream`: elements alone, with shape and type beside them.
@Suite struct RawRouteTests {
    @Test(arguments: FloatType.allCases)
    func `bytes are turned into the bits that JSON answers, and their shape and type stand in headers`(type: FloatType)
        throws
    {
        var random = SplitMix64(seed: 2)
        let x = FileTensor.random("x", type, [3, 2, 4], &random)
        let answer = TensorExchange(
            "/rope/apply?shape=3,2,4&dtype=\(type.rawValue)&offset=9&layout=half", x.bytes, TensorExchange.raw)
        let json = TensorExchange(
            "/rope/apply", json: #"{"x":\#(x.json),"dtype":"\#(x.dtype)","offset":9,"layout":"half"}"#)
        #expect(answer.summary == "200" && answer.type == TensorExchange.raw)
        #expect(try answer.response.body == rounded(json.jsonBytes("y"), to: x.type))
        #expect(try answer.text("shape") == "3,2,4" && answer.text("dtype") == type.rawValue)
        #expect(try answer.text("rope").map { try JSON(Data($0.utf8)) } == JSON(json.response.body)["rope"])
    }

    @Test func `bytes that begin anywhere are read`() throws {
        var random = SplitMix64(seed: 3)
        for type in [FloatType.float32, .float64] {
            let x = FileTensor.random("x", type, [2, 4], &random)
            let target = "/rope/apply?shape=2,4&dtype=\(type.rawValue)"
            let moved = (Data([0]) + x.bytes).dropFirst()
            let answer = TensorExchange(target, moved, TensorExchange.raw)
            #expect(answer.summary == "200")
            #expect(answer.response.body == TensorExchange(target, x.bytes, TensorExchange.raw).response.body)
        }
    }

    @Test(arguments: [
        ("dtype=float32", 8, "missing-field shape"), ("shape=1,2", 8, "missing-field dtype"),
        ("shape=1,2&dtype=float32", 8, "200"), ("shape=1,2&dtype=float32", 7, "shape-mismatch shape"),
        ("shape=1,2&dtype=float64", 8, "shape-mismatch shape"), ("shape=1,2&dtype=int32", 8, "unknown-value dtype"),
        ("shape=1,-2&dtype=float32", 8, "shape-mismatch shape"),
        ("shape=1,2.5&dtype=float32", 8, "shape-mismatch shape"), ("shape=1,x&dtype=float32", 8, "wrong-type shape"),
        ("shape=&dtype=float32", 4, "wrong-type shape"), ("shape=9e18,9e18&dtype=float32", 8, "shape-mismatch shape"),
        ("shape=1,0&dtype=float32", 0, "empty-tensor x"), ("shape=2,1&dtype=float32", 8, "odd-dimension x"),
        ("shape=1,1,1,1,1,1,1,1,2&dtype=float32", 8, "shape-mismatch x"),
    ])
    func `what cannot be is refused by its place`(query: String, count: Int, summary: String) throws {
        // With a body of none there is no content type in process.
        let service = try LiveService()
        let response = try service.post(
            "/rope/apply?\(query)", String(repeating: "\0", count: count), headers: ["Content-Type": TensorExchange.raw]
        )
        #expect(response.status == 200 ? summary == "200" : try ProblemDocument(response).summary == summary)
    }
}
