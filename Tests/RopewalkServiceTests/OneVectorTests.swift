import FoundationEssentials
import TensorCoding
import TestSupport
import Testing

@testable import RopewalkService

/// One vector at several positions, which is a row for each.
@Suite struct OneVectorTests {
    private func y(_ body: String) throws -> JSON {
        let response = answering("POST", "/rope/apply", body: Data(body.utf8))
        try #require(response.status == 200, "\(body): \(String(decoding: response.body, as: UTF8.self))")
        let answer = try JSON(response.body)
        return .array([answer["shape"], answer["y"], answer["rope"]])
    }

    @Test(arguments: [
        "", #","dtype":"float64""#, #","layout":"half""#, #","inverse":true"#, #","precision":"float32""#,
        #","scaling":{"rope_type":"dynamic","factor":2,"max_position_embeddings":2}"#,
        #","cos":[[1,0],[0.5,2],[1,1],[3,4]],"sin":[[0,1],[2,0.5],[1,2],[0,1]]"#,
        #","scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":8},"layout":"half""#,
    ])
    func `a list of positions gives the rows of as many equal vectors`(_ fields: String) throws {
        let rows = "[1,2,3,4],[1,2,3,4],[1,2,3,4]"
        for positions in ["[0,3,1]", "[2,2,2]"] {
            let several = try y(#"{"x":[1,2,3,4],"positions":\#(positions)\#(fields)}"#)
            #expect(several == (try y(#"{"x":[\#(rows)],"positions":\#(positions)\#(fields)}"#)))
        }
        #expect(
            try y(#"{"x":[1,2,3,4],"positions":[3]\#(fields)}"#)
                == y(#"{"x":[[1,2,3,4]],"positions":[3]\#(fields)}"#))
        let one = try y(#"{"x":[1,2,3,4],"positions":3\#(fields)}"#)
        #expect(one.elements[0] == .array([.number(4)]))
    }

    @Test func `flat forms and models serve as well`() throws {
        let flat = try y(#"{"x":{"shape":[2],"data":[1,0]},"positions":[0,1,2,3]}"#)
        #expect(flat.elements[0] == .array([.number(4), .number(2)]))
        #expect(flat.elements[1]["shape"] == flat.elements[0] && flat.elements[1]["data"].elements.count == 8)
        let x = "[" + (0..<128).map { "\($0 % 7)" }.joined(separator: ",") + "]"
        let several = try y(#"{"x":\#(x),"positions":[5,9],"model":"llama-3.1-8b"}"#)
        #expect(several == (try y(#"{"x":[\#(x),\#(x)],"positions":[5,9],"model":"llama-3.1-8b"}"#)))
    }

    @Test func `of positions with axes there is a list for each axis`() throws {
        let scaling = #""scaling":{"mrope_section":[1,1,1]}"#
        let x = "[1,2,3,4,5,6]"
        let several = try y(#"{"x":\#(x),"positions":[[0,1],[2,3],[4,5]],\#(scaling)}"#)
        #expect(several == (try y(#"{"x":[\#(x),\#(x)],"positions":[[0,1],[2,3],[4,5]],\#(scaling)}"#)))
        let one = try y(#"{"x":\#(x),"positions":[0,2,4],\#(scaling)}"#)
        #expect(one.elements[0] == .array([.number(6)]))
    }

    @Test func `bytes of every format are answered with a row for each position`() throws {
        var random = SplitMix64(seed: 17)
        for type in [FloatType.float32, .float64, .float16, .bfloat16] {
            let vector = FileTensor.random("x", type, [4], &random)
            let (one, query) = (vector.bytes, "dtype=\(type.rawValue)&positions")
            let octets = "application/octet-stream"
            let several = answering("POST", "/rope/apply?shape=4&\(query)=0:3", body: one, type: octets)
            let rows = answering("POST", "/rope/apply?shape=3,4&\(query)=0,1,2", body: one + one + one, type: octets)
            #expect(several.status == 200 && several.body == rows.body)
            #expect(several.headers["Ropewalk-Shape"] == "3,4")
            let json = answering(
                "POST", "/rope/apply?shape=4&\(query)=0,1,2", body: one, type: octets, accept: "application/json")
            #expect(try JSON(json.body)["shape"] == .array([.number(3), .number(4)]))
        }
    }

    @Test(arguments: [
        (#"{"x":[1,0],"positions":[0,1],"offset":1}"#, 422, "contradiction /offset"),
        (#"{"x":[1,0],"positions":[0,1e17]}"#, 422, "out-of-range /positions/1"),
        (#"{"x":[1,0],"positions":[]}"#, 422, "empty-tensor /positions"),
        (#"{"x":[1,0],"positions":[[0,1],[1,2]]}"#, 422, "shape-mismatch /positions"),
        (#"{"x":[1e39,0],"positions":[0,1]}"#, 422, "number-overflow /x/0"),
        (#"{"x":[3e38,3e38],"positions":[0,1]}"#, 422, "result-overflow [1, 1]"),
    ])
    func `what cannot be is refused in its place`(_ body: String, _ status: Int, _ summary: String) throws {
        let response = answering("POST", "/rope/apply", body: Data(body.utf8))
        #expect(response.status == status)
        #expect(try ProblemDocument(response.body).summary == summary)
    }

    @Test func `an answer over the limit is refused before it is made`() throws {
        var configuration = Service.Configuration()
        configuration.limits.maxAnswerElements = 7
        let service = Service(configuration, logger: .silent)
        let json = answering("POST", "/rope/apply", body: Data(#"{"x":[1,0],"positions":[0,1,2,3]}"#.utf8), by: service)
        #expect(json.status == 413)
        let bytes = answering(
            "POST", "/rope/apply?shape=2&dtype=float32&positions=0:9007199254740991", body: Data(count: 8),
            type: "application/octet-stream", by: service)
        #expect(bytes.status == 413)
    }
}

/// Keys of a scaling next to a model, in a query.
@Suite struct ModelScalingKeyTests {
    private func rope(_ query: String) throws -> JSON {
        let response = answering("GET", "/frequencies?\(query)")
        try #require(response.status == 200, "\(query): \(String(decoding: response.body, as: UTF8.self))")
        return try JSON(response.body)
    }

    @Test func `one key changes that key alone`() throws {
        let own = try rope("model=llama-3.1-8b")["rope"]["scaling"]
        let other = try rope("model=llama-3.1-8b&factor=16")["rope"]
        #expect(other["rope_type"] == .string("llama3") && other["model"] == .string("llama-3.1-8b"))
        #expect(other["scaling"]["factor"] == .number(16))
        for key in own.names where key != "factor" { #expect(other["scaling"][key] == own[key]) }
        #expect(try rope("model=gpt-oss-20b&attention_factor=1")["attention_factor"] == .number(1))
        #expect(try rope("model=gpt-oss-20b&attention_factor=1")["inv_freq"] == rope("model=gpt-oss-20b")["inv_freq"])
        let unused = try rope("model=llama-3.1-8b&attention_factor=1")
        #expect(unused["inv_freq"] == (try rope("model=llama-3.1-8b")["inv_freq"]))
        #expect(unused["warnings"].elements.count == 1)
    }

    @Test func `lengths, shares and axes are keys as well`() throws {
        let length = try rope("model=llama-3.1-8b&original_max_position_embeddings=4096")["rope"]["scaling"]
        #expect(length["original_max_position_embeddings"] == .number(4096) && length["factor"] == .number(8))
        #expect(
            try rope("model=phi-2&partial_rotary_factor=0.5&rope_type=default")["rope"]["rotary_dim"] == .number(40))
        let axes = try rope("model=qwen2-vl-7b&mrope_section=32,16,16")["rope"]["axes"]
        #expect(axes.string?.hasPrefix(String(repeating: "T", count: 32) + "H") == true)
        let kept = try rope("model=deepseek-v3&factor=20")["rope"]
        #expect(kept["rotary_dim"] == .number(64) && kept["scaling"]["factor"] == .number(20))
    }

    @Test func `a type replaces the scaling as a whole`() throws {
        let rope = try rope("model=llama-3.1-8b&rope_type=linear&factor=2")["rope"]
        #expect(rope["scaling"].names == ["factor"] && rope["rope_type"] == .string("linear"))
    }

    @Test(arguments: [
        ("model=qwen2.5-7b&factor=4", "missing-field rope_type"),
        ("model=llama-3.1-8b&factor=0", "out-of-range factor"),
        ("model=llama-3.1-8b&factor=x", "wrong-type factor"),
        ("model=llama-3.1-8b&original_max_position_embeddings=0", "out-of-range original_max_position_embeddings"),
    ])
    func `what cannot be is refused at its key`(_ query: String, _ summary: String) throws {
        #expect(try ProblemDocument(answering("GET", "/frequencies?\(query)").body).summary == summary)
    }
}
