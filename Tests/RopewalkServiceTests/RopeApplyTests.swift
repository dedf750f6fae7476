import TestSupport
import Testing

@Suite struct RopeApplyTests {
    private func y(_ service: LiveService, _ body: String) throws -> String {
        let response = try service.apply(body)
        #expect(response.status == 200, "\(response.text)")
        let start = try #require(response.text.firstRange(of: "\"y\":"))
        return String(response.text[start.upperBound...].dropLast())
    }

    @Test func `the answer of the contract is the answer`() throws {
        let response = try LiveService().apply(#"{"x":[[1,0]],"positions":[1]}"#)
        #expect(
            response.text
                == #"{"rope":{"attention_factor":1,"base":10000,"dim":2,"layout":"interleaved","rope_type":"default","rotary_dim":2},"#
                + #""shape":[1,2],"y":[[0.5403023,0.84147096]]}"#)
        #expect(response["Content-Type"] == "application/json")
    }

    @Test(arguments: [
        // Position 0 by default, then 1; a vector alone; the flat form; float64; back again; both layouts; part of a vector.
        (#"{"x":[[1,0],[1,0]]}"#, "[[1,0],[0.5403023,0.84147096]]"),
        (#"{"x":[1,0],"positions":1}"#, "[0.5403023,0.84147096]"),
        (#"{"x":[1,0]}"#, "[1,0]"),
        (#"{"x":[1,0],"offset":1}"#, "[0.5403023,0.84147096]"),
        (#"{"x":{"shape":[1,2],"data":[1,0]},"offset":1}"#, #"{"data":[0.5403023,0.84147096],"shape":[1,2]}"#),
        (#"{"x":[[1,0]],"positions":[1],"dtype":"float64"}"#, "[[0.5403023058681398,0.8414709848078965]]"),
        (#"{"x":[[1,0]],"positions":[-1]}"#, "[[0.5403023,-0.84147096]]"),
        (#"{"x":[[1,0]],"positions":[1],"inverse":true}"#, "[[0.5403023,-0.84147096]]"),
        (#"{"x":[[1,0]],"positions":[0.5]}"#, "[[0.87758255,0.47942555]]"),
        (
            #"{"x":[[1,2,3,4]],"positions":[1],"base":1,"layout":"interleaved"}"#,
            "[[-1.1426396,1.9220755,-1.744977,4.685622]]"
        ),
        (
            #"{"x":[[1,2,3,4]],"positions":[1],"base":1,"layout":"half"}"#,
            "[[-1.9841106,-2.2852793,2.4623778,3.844151]]"
        ),
        (#"{"x":[[1,0,7,8,9]],"positions":[1],"rotary_dim":2}"#, "[[0.5403023,0.84147096,7,8,9]]"),
        (#"{"x":[[1,0]],"positions":[2],"scaling":{"rope_type":"linear","factor":2}}"#, "[[0.5403023,0.84147096]]"),
        (#"{"x":[[1,0]],"positions":[1],"scaling":{"rope_type":"default"}}"#, "[[0.5403023,0.84147096]]"),
        (#"{"x":[[1,0]],"rope_theta":500000,"offset":1e0}"#, "[[0.5403023,0.84147096]]"),
        (#"{"x":[[[1,0]],[[1,0]]],"positions":[[0],[1]]}"#, "[[[1,0]],[[0.5403023,0.84147096]]]"),
        (#"{"x":[[[1,0]],[[1,0]]],"positions":[1]}"#, "[[[0.5403023,0.84147096]],[[0.5403023,0.84147096]]]"),
        (#"{"x":[[1E0,-0e5],[1e-46,1e-400]],"positions":[0,0]}"#, "[[1,0],[0,0]]"),
        (#"{"x":[[1,0]],"positions":[9007199254740992],"base":1e30}"#, "[[-0.52851176,-0.84892595]]"),
    ])
    func `a tensor is turned as its fields say`(_ body: String, _ expected: String) throws {
        #expect(try y(LiveService(), body) == expected)
    }

    @Test(arguments: [
        (#"{"x":[[1,0,3]]}"#, 422, "odd-dimension /x"),
        (#"{"x":[1],"rotary_dim":1}"#, 422, "odd-dimension /rotary_dim"),
        (#"{"x":[[1,0]],"rotary_dim":4}"#, 422, "out-of-range /rotary_dim"),
        (#"{"x":[[1,0]],"rotary_dim":0}"#, 422, "out-of-range /rotary_dim"),
        (#"{"x":[[1,0]],"rotary_dim":1.5}"#, 422, "wrong-type /rotary_dim"),
        (#"{"x":[[1,0]],"base":0.5}"#, 422, "out-of-range /base"),
        (#"{"x":[[1,0]],"rope_theta":1e31}"#, 422, "out-of-range /rope_theta"),
        (#"{"x":[[1,0]],"base":1e999}"#, 422, "number-overflow /base"),
        (#"{"x":[[1,0]],"base":null}"#, 422, "wrong-type /base"),
        (#"{"x":[[1,0]],"base":"10000"}"#, 422, "wrong-type /base"),
        (#"{"x":[[1,0]],"base":2,"rope_theta":2}"#, 422, "contradiction /rope_theta"),
        (#"{"x":[[1,0]],"layout":"halves"}"#, 422, "unknown-value /layout"),
        (#"{"x":[[1,0]],"dtype":"float16"}"#, 422, "unknown-value /dtype"),
        (#"{"x":[[1,0]],"inverse":1}"#, 422, "wrong-type /inverse"),
        (#"{"x":[[1,0]],"scaling":{"rope_type":"yarm","factor":4}}"#, 422, "unknown-value /scaling/rope_type"),
        (#"{"x":[[1,0]],"scaling":{"factor":4}}"#, 422, "missing-field /scaling/rope_type"),
        (#"{"x":[[1,0]],"scaling":{"rope_type":"linear"}}"#, 422, "missing-field /scaling/factor"),
        (#"{"x":[[1,0]],"scaling":{"rope_type":"linear","factor":0}}"#, 422, "out-of-range /scaling/factor"),
        (#"{"x":[[1,0]],"scaling":{"rope_type":"linear","factr":2}}"#, 422, "unknown-field /scaling/factr"),
        (#"{"x":[[1,0]],"scaling":"linear"}"#, 422, "wrong-type /scaling"),
        (#"{"x":[[1,0]],"seq_len":0}"#, 422, "out-of-range /seq_len"),
        (#"{"x":[[1,0]],"model":"llama-3.1-8b"}"#, 422, "shape-mismatch /x"),
        (#"{"x":[[1,0],[1]]}"#, 422, "ragged-tensor /x/1"),
        (#"{"x":[[1,0],3]}"#, 422, "ragged-tensor /x/1"),
        (#"{"x":[[1,"a"]]}"#, 422, "wrong-type /x/0/1"),
        (#"{"x":[[1,null]]}"#, 422, "wrong-type /x/0/1"),
        (#"{"x":[[1,1e39]]}"#, 422, "number-overflow /x/0/1"),
        (#"{"x":[[1,1e400]],"dtype":"float64"}"#, 422, "number-overflow /x/0/1"),
        (#"{"x":[]}"#, 422, "empty-tensor /x"),
        (#"{"x":[[],[]]}"#, 422, "empty-tensor /x"),
        (#"{"x":3}"#, 422, "wrong-type /x"),
        (#"{"x":{"shape":[2,2],"data":[1,2,3]}}"#, 422, "shape-mismatch /x/shape"),
        (#"{"x":{"shape":[0,2],"data":[]}}"#, 422, "empty-tensor /x/shape"),
        (#"{"x":{"shape":[1,2],"data":[1,true]}}"#, 422, "wrong-type /x/data/1"),
        (#"{"x":[[[[[[[[[1,0]]]]]]]]]}"#, 422, "shape-mismatch /x"),
        (#"{}"#, 422, "missing-field /x"),
        (#"{"x":[[1,0]],"seq_len":1e30}"#, 422, "out-of-range /seq_len"),
        (#"{"x":{"shape":[1,2]}}"#, 422, "missing-field /x/data"),
        (#"{"x":{"shape":[2,2],"data":[[1,0],[0,1]]}}"#, 422, "wrong-type /x/data/0"),
        (#"{"x":{"shape":[3000000000,4000000000],"data":[1]}}"#, 422, "shape-mismatch /x/shape"),
        (#"{"x":[[1,0]],}"#, 400, "malformed-json "),
        (#"{"x":[[1,0]],"positions":[1,2]}"#, 422, "shape-mismatch /positions"),
        (#"{"x":[[1,0]],"positions":1}"#, 422, "wrong-type /positions"),
        (#"{"x":[1,0],"positions":[[1]]}"#, 422, "shape-mismatch /positions"),
        (#"{"x":[[1,0]],"positions":[[1]]}"#, 422, "shape-mismatch /positions"),
        (#"{"x":[[[1,0]]],"positions":[[1],[1]]}"#, 422, "shape-mismatch /positions"),
        (#"{"x":[[[1,0]],[[1,0]]],"positions":[[1],[1,2]]}"#, 422, "ragged-tensor /positions/1"),
        (#"{"x":[[[1,0]],[[1,0]]],"positions":[[1,2],[1,2]]}"#, 422, "shape-mismatch /positions/0"),
        (#"{"x":[[1,0]],"positions":["a"]}"#, 422, "wrong-type /positions/0"),
        (#"{"x":[[1,0]],"positions":[9007199254740994]}"#, 422, "out-of-range /positions/0"),
        (#"{"x":[[1,0]],"positions":[1],"offset":1}"#, 422, "contradiction /offset"),
        (#"{"x":[[1,0],[1,0],[1,0]],"offset":9007199254740991}"#, 422, "out-of-range /offset"),
        (#"{"x":[[3e38,3e38]],"positions":[2.4]}"#, 422, "result-overflow [0, 0]"),
        (#"[1]"#, 415, "unsupported-media-type"),
        (#"{"x":[[1,0],]}"#, 400, "malformed-json /x/1"),
        (#"{"x":[[1,NaN]]}"#, 400, "malformed-json /x/0/1"),
        (#"{"x":[[1,0]]} {}"#, 400, "malformed-json "),
        (#"{"x":[[1,0]],"x":[[1,0]]}"#, 400, "duplicate-key /x"),
        (#"{"x":[[1,0]],"base":1,"b\u0061se":2}"#, 400, "duplicate-key /base"),
    ])
    func `what cannot be is refused by its kind and place`(_ body: String, _ status: Int, _ summary: String) throws {
        let service = try LiveService()
        let response = try service.post("/rope/apply", body)
        let problem = try ProblemDocument(response)
        #expect(response.status == status && problem.status == status, "\(body): \(response.text)")
        #expect(problem.summary == summary, "\(body): \(response.text)")
        #expect(response["Content-Type"] == "application/problem+json")
        #expect(problem.instance == response["X-Request-Id"])
    }

    @Test func `an error of syntax names its byte, line and column`() throws {
        let problem = try ProblemDocument(LiveService().apply("{\"x\":\n [[1,0],\n  [1,]]}"))
        #expect(problem.detail == "expected a value after the comma or colon, found \"]\" (byte 20, line 3, column 6)")
    }

    @Test func `a name that is nearly right is recognized`() throws {
        let service = try LiveService()
        #expect(
            try ProblemDocument(service.apply(#"{"x":[[1,0]],"postions":[1]}"#)).detail.hasSuffix(
                "did you mean positions?"))
        #expect(try ProblemDocument(service.apply(#"{"x":[[1,0]],"theta":1}"#)).detail.hasSuffix("did you mean base?"))
        let both = try ProblemDocument(service.apply(#"{"x":[[1,0]],"bse":1,"ofset":1}"#))
        #expect(both.errors?.compactMap(\.pointer) == ["/bse", "/ofset"])
    }

    @Test func `a field in the query is refused`() throws {
        let response = try LiveService().post("/rope/apply?base=1", #"{"x":[[1,0]]}"#)
        #expect(try response.status == 422 && ProblemDocument(response).summary == "unknown-field base")
    }

    @Test func `seq_len without a scaling that asks for it is warned of`() throws {
        #expect(
            try LiveService().apply(#"{"x":[[1,0]],"seq_len":4096}"#).text.contains(
                #""warnings":["seq_len has no effect"#))
    }

    @Test func `more elements than an answer may have are refused before they are read`() throws {
        let service = try LiveService { $0.limits.maxAnswerElements = 3 }
        for body in [#"{"x":[[1,0],[1,0]]}"#, #"{"x":{"shape":[2,2],"data":[1,0,1,0]}}"#] {
            let response = try service.apply(body)
            #expect(response.status == 413)
            #expect(response.text.contains("--max-answer-elements") && response.text.contains("4 elements"))
        }
        #expect(try service.apply(#"{"x":[[1,0]]}"#).status == 200)
        // The numbers of a shape are none of its elements, and zeros that Foundation refuses are zeros up to the limit.
        #expect(try service.apply(#"{"x":{"shape":[1,2],"data":[0e5,0e5]}}"#).status == 200)
    }
}
