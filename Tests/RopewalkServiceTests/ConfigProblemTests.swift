import Testing

/// Configs that say what cannot be, or not enough.
@Suite struct ConfigProblemTests {
    private static let llama = #""model_type":"llama","head_dim":4"#
    private static let nested =
        #""model_type":"gemma3_text","head_dim":4,"rope_parameters":{"full_attention":{"rope_type":"default"},"sliding_attention":{"rope_type":"linear"}}"#

    @Test(arguments: [
        // The layout.
        (#""head_dim":4"#, "", "missing-field /config/model_type"),
        (#""head_dim":4,"model_type":"new""#, "", "unknown-value /config/model_type"),
        (
            #""model_type":"llama","text_config":{"model_type":"new"}"#, "",
            "unknown-value /config/text_config/model_type"
        ),
        (#""head_dim":4,"model_type":7"#, "", "wrong-type /config/model_type"),
        // The last axis.
        (#""model_type":"llama","head_dim":8"#, "", "shape-mismatch /x"),
        (#""model_type":"deepseek_v3","qk_nope_head_dim":8,"qk_rope_head_dim":2"#, "", "shape-mismatch /x"),
        (#""model_type":"llama","head_dim":0"#, "", "out-of-range /config/head_dim"),
        (#""model_type":"llama","head_dim":65537"#, "", "out-of-range /config/head_dim"),
        (#""model_type":"llama","head_dim":4.5"#, "", "wrong-type /config/head_dim"),
        (
            #""model_type":"llama","hidden_size":16,"num_attention_heads":0"#, "",
            "out-of-range /config/num_attention_heads"
        ),
        (#""model_type":"llama","hidden_size":"16","num_attention_heads":4"#, "", "wrong-type /config/hidden_size"),
        // What is not read.
        (#"\#(llama),"hidden_size":"16""#, "", "wrong-type /config/hidden_size"),
        (
            #"\#(llama),"rope_local_base_freq":{}"#, #","layer_type":"full_attention""#,
            "wrong-type /config/rope_local_base_freq"
        ),
        (#"\#(llama),"rope_theta":"1","text_config":{}"#, "", "wrong-type /config/rope_theta"),
        (#"\#(llama),"rope_scaling":7,"text_config":{}"#, "", "wrong-type /config/rope_scaling"),
        (#"\#(llama),"partial_rotary_factor":0"#, "", "out-of-range /config/partial_rotary_factor"),
        // The base, by two names and in two places.
        (#"\#(llama),"rope_theta":0"#, "", "out-of-range /config/rope_theta"),
        (#"\#(llama),"rope_theta":500,"base":501"#, "", "contradiction /config/base"),
        (
            #"\#(llama),"rope_theta":500,"rope_parameters":{"rope_theta":501,"rope_type":"default"}"#, "",
            "contradiction /config/rope_theta"
        ),
        (#"\#(llama)"#, #","base":1,"rope_theta":1"#, "contradiction /rope_theta"),
        // The scaling.
        (#"\#(llama),"rope_parameters":{},"rope_scaling":{}"#, "", "contradiction /config/rope_scaling"),
        (
            #"\#(llama),"rope_scaling":{"type":"linear","rope_type":"yarn","factor":2}"#, "",
            "contradiction /config/rope_scaling/type"
        ),
        (#"\#(llama),"rope_scaling":{"type":"linear","fctor":2}"#, "", "unknown-field /config/rope_scaling/fctor"),
        (#"\#(llama),"rope_scaling":{"type":"linear","factor":0}"#, "", "out-of-range /config/rope_scaling/factor"),
        (#"\#(llama),"rope_scaling":{"type":"linear","factor":null}"#, "", "missing-field /config/rope_scaling/factor"),
        (
            #"\#(llama),"max_position_embeddings":8,"original_max_position_embeddings":4,"rope_scaling":{"type":"su","short_factor":[1,1],"long_factor":[2,0]}"#,
            "", "out-of-range /config/rope_scaling/long_factor/1"
        ),
        (
            #"\#(llama),"max_position_embeddings":8,"original_max_position_embeddings":4,"rope_scaling":{"type":"su","short_factor":[1,1],"long_factor":[2]}"#,
            "", "shape-mismatch /config"
        ),
        // The type of layer.
        (nested, "", "missing-field /layer_type"), (nested, #","layer_type":"chunked""#, "unknown-value /layer_type"),
        (nested, #","layer_type":7"#, "wrong-type /layer_type"),
        (
            nested, #","layer_type":"sliding_attention""#,
            "missing-field /config/rope_parameters/sliding_attention/factor"
        ),
        (#"\#(llama),"rope_local_base_freq":10000"#, "", "missing-field /layer_type"),
        (#"\#(llama),"text_config":3"#, "", "wrong-type /config/text_config"),
    ])
    func `what cannot be is refused by its kind and place`(_ config: String, _ fields: String, _ summary: String) throws
    {
        let problem = try ProblemDocument(LiveService().apply(#"{"x":[1,2,3,4],"config":{\#(config)}\#(fields)}"#))
        #expect(problem.status == 422 && problem.summary == summary, "\(config)\(fields): \(problem.detail)")
    }

    @Test func `of the types of layers that a config has, only some are shown, and no long name whole`() throws {
        let name = String(repeating: "a", count: 10_000)
        let types = (0..<100).map { "\"\(name)\($0)\":{}" }.joined(separator: ",")
        let body =
            #"{"x":[1,2,3,4],"layer_type":"f","config":{"model_type":"llama","head_dim":4,"rope_parameters":{\#(types)}}}"#
        let problem = try ProblemDocument(LiveService().apply(body))
        #expect(problem.summary == "unknown-value /layer_type" && problem.detail.utf8.count < 10_000)
    }

    @Test(arguments: [
        (#""config":null"#, 422, "wrong-type /config"), (#""config":[]"#, 422, "wrong-type /config"),
        (#""layer_type":"full_attention""#, 422, "contradiction /layer_type"),
        (#""config":{"vocab":1,"vocab":2}"#, 400, "duplicate-key /config/vocab"),
    ])
    func `a config is an object, and a type of layer is within one`(_ field: String, _ status: Int, _ summary: String)
        throws
    {
        let problem = try ProblemDocument(LiveService().apply(#"{"x":[1,0],\#(field)}"#))
        #expect(problem.status == status && problem.summary == summary, "\(problem.detail)")
    }

    @Test(arguments: [
        (#""model_type":"llama","head_dim":8"#, "x has 4 elements in its last axis, and by config 8 elements turn"),
        (
            #""model_type":"llama","head_dim":16,"partial_rotary_factor":0.5"#,
            "x has 4 elements in its last axis, and by config 8 elements turn, in heads of 16"
        ),
    ])
    func `a last axis that is no head's is refused with both lengths`(_ config: String, _ detail: String) throws {
        let problem = try ProblemDocument(LiveService().apply(#"{"x":[1,2,3,4],"config":{\#(config)}}"#))
        #expect(problem.detail == detail)
    }
}
