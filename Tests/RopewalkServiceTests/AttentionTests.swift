import TestSupport
import Testing

@Suite struct AttentionTests {
    private func answer(_ body: String) throws -> String {
        let response = try LiveService().post("/attention", body)
        #expect(response.status == 200, "\(body): \(response.text)")
        return response.text
    }

    @Test func `the answer names the rotation, and has weights where asked for`() throws {
        // The key at 1 is turned by one radian, as is the query: scores cos(1)/√2 and −sin(0)/√2 + 0.
        let body = #"{"query":[[1,0]],"key":[[1,0],[0,1]],"value":[[1,2],[3,4]],"return_weights":true}"#
        #expect(
            try answer(body)
                == #"{"attention":{"causal":false,"scale":0.7071067811865475},"#
                + #""output":[[1.8112645,2.8112645]],"rope":{"attention_factor":1,"base":10000,"dim":2,"layout":"interleaved","#
                + #""rope_type":"default","rotary_dim":2},"shape":[1,2],"weights":[[0.5943678,0.4056322]]}"#)
    }

    @Test(arguments: [
        // Uniform weights; each layout of the tensors; a scale of 0; a value dim of its own; an odd dim.
        (#""query":[[0]],"key":[[1],[1]],"value":[[1],[2]]"#, #""output":[[1.5]],"shape":[1,1]"#),
        (#""query":[[[0]]],"key":[[[1],[1]]],"value":[[[1],[2]]]"#, #""output":[[[1.5]]],"shape":[1,1,1]"#),
        (#""query":[[[[0]]]],"key":[[[[1],[1]]]],"value":[[[[1],[2]]]]"#, #""output":[[[[1.5]]]],"shape":[1,1,1,1]"#),
        (
            #""query":{"shape":[1,1],"data":[0]},"key":[[1],[1]],"value":[[1],[2]],"return_weights":true"#,
            #""output":{"data":[1.5],"shape":[1,1]},"shape":[1,1],"weights":{"data":[0.5,0.5],"shape":[1,2]}"#
        ),
        (#""query":[[9,9,9]],"key":[[1,2,3],[4,5,6]],"value":[[1],[2]],"scale":0"#, #""output":[[1.5]],"shape":[1,1]"#),
        (#""query":[[0]],"key":[[1],[1]],"value":[[1,2,3],[3,4,5]]"#, #""output":[[2,3,4]],"shape":[1,3]"#),
        // More queries than keys need no positions without rotation; each sees all keys.
        (#""query":[[0],[0]],"key":[[1]],"value":[[7]]"#, #""output":[[7],[7]],"shape":[2,1]"#),
        // By default queries stand where the last keys do; positions given go before, and decide alone.
        (#""query":[[0]],"key":[[1],[1]],"value":[[1],[2]],"causal":true"#, #""output":[[1.5]],"shape":[1,1]"#),
        (
            #""query":[[0],[0]],"key":[[1],[1]],"value":[[1],[2]],"causal":true"#,
            #""output":[[1],[1.5]],"shape":[2,1]"#
        ),
        (
            #""query":[[0],[0]],"key":[[1],[1]],"value":[[1],[2]],"causal":true,"key_positions":[5,0.5]"#,
            #""output":[[1.5],[2]],"shape":[2,1]"#
        ),
        (
            #""query":[[0]],"key":[[1],[1]],"value":[[1],[2]],"causal":true,"query_positions":[-1]"#,
            #""output":[[0]],"shape":[1,1]"#
        ),
        (
            #""query":[[[[0]]],[[[0]]]],"key":[[[[1],[1]]],[[[1],[1]]]],"value":[[[[1],[2]]],[[[1],[2]]]],"causal":true,"query_positions":[[0],[1]]"#,
            #""output":[[[[1]]],[[[1.5]]]],"shape":[2,1,1,1]"#
        ),
        // Masks: of each kind, stretched, in flat form, and with a query that sees nothing.
        (#""query":[[0]],"key":[[1],[1]],"value":[[1],[2]],"mask":[true,false]"#, #""output":[[1]],"shape":[1,1]"#),
        (
            #""query":[[0],[0]],"key":[[1],[1]],"value":[[1],[2]],"mask":[[false],[true]],"return_weights":true"#,
            #""output":[[0],[1.5]],"shape":[2,1],"weights":[[0,0],[0.5,0.5]]"#
        ),
        (
            #""query":[[0]],"key":[[1],[1]],"value":[[1],[2]],"mask":{"shape":[1,2],"data":[false,true]}"#,
            #""output":[[2]],"shape":[1,1]"#
        ),
        (#""query":[[0]],"key":[[1],[1]],"value":[[1],[2]],"mask":[-1e9,0.5]"#, #""output":[[2]],"shape":[1,1]"#),
        (#""query":[[0]],"key":[[1],[1]],"value":[[1],[2]],"mask":[-1e9,-1e9]"#, #""output":[[1.5]],"shape":[1,1]"#),
        // Query head h reads key head ⌊h/2⌋.
        (
            #""query":[[[0]],[[0]],[[0]],[[0]]],"key":[[[1]],[[1]]],"value":[[[1]],[[2]]]"#,
            #""output":[[[1]],[[1]],[[2]],[[2]]],"shape":[4,1,1]"#
        ),
    ])
    func `plain attention is what its fields say`(_ fields: String, _ expected: String) throws {
        // What it was computed with comes first.
        #expect(try answer("{\(fields),\"rotate\":false}").hasSuffix("},\(expected)}"))
    }

    @Test func `float64 is computed and answered in float64`() throws {
        // 1/(1 + e^(−0.1/√1)) to 17 digits by mpmath; one exponential, one sum and one quotient.
        let text = try answer(
            #"{"query":[[0.1]],"key":[[1],[0]],"value":[[1],[0]],"rotate":false,"dtype":"float64"}"#)
        #expect(
            text == #"{"attention":{"causal":false,"scale":1},"output":[[0.52497918747894]],"shape":[1,1]}"#)
    }

    @Test(arguments: [
        (#""mask":[[0,1]],"rotate":false"#, "mask holds only the numbers 0 and 1"),
        (#""key_positions":[1,2],"rotate":false"#, "key_positions has no effect"),
        (#""seq_len":9"#, "seq_len has no effect"),
    ])
    func `what is probably not meant is warned of`(_ field: String, _ warning: String) throws {
        let text = try answer(#"{"query":[[1,0]],"key":[[1,0],[0,1]],"value":[[1],[2]],\#(field)}"#)
        #expect(text.contains(#""warnings":["\#(warning)"#), "\(text)")
    }

    @Test(arguments: [
        (#"{}"#, 422, "missing-field /query"),
        (#"{"query":[[1,0]],"key":[[1,0]]}"#, 422, "missing-field /value"),
        (#"{"q":[[1,0]],"key":[[1,0]],"value":[[1]]}"#, 422, "unknown-field /q"),
        (#"{"query":[1,0],"key":[1,0],"value":[1]}"#, 422, "shape-mismatch /query"),
        (#"{"query":[[1,0]],"key":[[[1,0]]],"value":[[1]]}"#, 422, "shape-mismatch /key"),
        (#"{"query":[[1,0]],"key":[[1,0,0,0]],"value":[[1]]}"#, 422, "shape-mismatch /key"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1],[2]]}"#, 422, "shape-mismatch /value"),
        (#"{"query":[[1]],"key":[[1]],"value":[[1]]}"#, 422, "odd-dimension /query"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"rotary_dim":4}"#, 422, "out-of-range /rotary_dim"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"rotate":false,"base":2}"#, 422, "contradiction /base"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"rotate":false,"layout":"x"}"#, 422, "contradiction /layout"),
        (#"{"query":[[1,0],[1,0]],"key":[[1,0]],"value":[[1]]}"#, 422, "missing-field /query_positions"),
        (
            #"{"query":[[1],[1]],"key":[[1]],"value":[[1]],"rotate":false,"causal":true}"#, 422,
            "missing-field /query_positions"
        ),
        (
            #"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"query_positions":[1,2]}"#, 422,
            "shape-mismatch /query_positions"
        ),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"key_positions":[[1]]}"#, 422, "shape-mismatch /key_positions"),
        (
            #"{"query":[[[1,0]]],"key":[[[1,0]]],"value":[[[1]]],"key_positions":[[1]]}"#, 422,
            "shape-mismatch /key_positions"
        ),
        (
            #"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"key_positions":[1e17]}"#, 422,
            "out-of-range /key_positions/0"
        ),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"key_positions":3}"#, 422, "wrong-type /key_positions"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"causal":0}"#, 422, "wrong-type /causal"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"mask":[true,true]}"#, 422, "shape-mismatch /mask"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"mask":[[[true]]]}"#, 422, "shape-mismatch /mask"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"mask":[[true],[1]]}"#, 422, "wrong-type /mask/1/0"),
        (#"{"query":[[1,0]],"key":[[1,0],[1,0]],"value":[[1],[1]],"mask":[1,true]}"#, 422, "wrong-type /mask/1"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"mask":null}"#, 422, "wrong-type /mask"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"mask":"causal"}"#, 422, "wrong-type /mask"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"mask":{"data":[true]}}"#, 422, "missing-field /mask/shape"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"scale":1e39}"#, 422, "number-overflow /scale"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"scale":true}"#, 422, "wrong-type /scale"),
        (#"{"query":[[1,0],[1]],"key":[[1,0]],"value":[[1]]}"#, 422, "ragged-tensor /query/1"),
        (#"{"query":[[1e30]],"key":[[1e30]],"value":[[1]],"rotate":false}"#, 422, "result-overflow [0, 0]"),
        (#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],}"#, 400, "malformed-json "),
    ])
    func `what cannot be is refused by its kind and place`(_ body: String, _ status: Int, _ summary: String) throws {
        let response = try LiveService().post("/attention", body)
        let problem = try ProblemDocument(response)
        #expect(response.status == status && problem.status == status, "\(body): \(response.text)")
        #expect(problem.summary == summary, "\(body): \(response.text)")
    }

    @Test func `a dimension past the largest is refused, rotated or not`() throws {
        let vector = "[[\(Array(repeating: "0", count: 65_538).joined(separator: ","))]]"
        for rotate in ["true", "false"] {
            let response = try LiveService().post(
                "/attention", #"{"query":\#(vector),"key":\#(vector),"value":[[1]],"rotate":\#(rotate)}"#)
            #expect(try ProblemDocument(response).summary == "out-of-range /query")
        }
    }

    @Test func `a hidden key that overflows when turned does not reach the answer`() throws {
        let body =
            #""query":[[1,0]],"key":[[1,0],[3e38,3e38]],"value":[[1],[2]],"key_positions":[0,2.4],"query_positions":[3]"#
        let hidden = try answer(#"{\#(body),"mask":[true,false]}"#)
        #expect(hidden.contains(#","output":[[1]]"#))
        #expect(try LiveService().post("/attention", "{\(body)}").status == 422)
    }

    @Test func `work and answers past their limits are refused by the flag`() throws {
        // 1·1·2·3·(2 + 1) multiply-adds, 2 numbers of output and 6 of weights.
        let body = #"{"query":[[1,0],[1,0]],"key":[[1,0],[1,0],[1,0]],"value":[[1],[2],[3]],"return_weights":true}"#
        for (limits, status, words) in [
            (18, 200, "output"), (17, 413, "is 18, and the limit --max-multiply-adds is 17"),
        ] {
            let service = try LiveService { $0.limits.maxMultiplyAdds = limits }
            let response = try service.post("/attention", body)
            #expect(response.status == status && response.text.contains(words), "\(response.text)")
        }
        let service = try LiveService { $0.limits.maxAnswerElements = 7 }
        let response = try service.post("/attention", body)
        #expect(response.status == 413 && response.text.contains("8 elements"), "\(response.text)")
    }
}
