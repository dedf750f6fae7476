import FoundationEssentials
import Testing

/// Hugging Face's config.json in place of the parameters.
@Suite struct ConfigTests {
    private static let nested =
        #""model_type":"gemma3_text","head_dim":4,"rope_parameters":{"full_attention":{"rope_type":"linear","factor":8,"rope_theta":1000000},"sliding_attention":{"rope_type":"default","rope_theta":10000}}"#
    private static let gemma3 =
        #""model_type":"gemma3_text","head_dim":4,"rope_theta":1000000,"rope_local_base_freq":10000,"rope_scaling":{"rope_type":"linear","factor":8}"#
    private static let deepSeek =
        #""model_type":"deepseek_v3","qk_nope_head_dim":8,"qk_rope_head_dim":4,"rope_theta":10000"#
    private static let phi3 =
        #""model_type":"phi3","hidden_size":16,"num_attention_heads":4,"original_max_position_embeddings":4,"max_position_embeddings":16,"rope_scaling":{"type":"su","short_factor":[1,1],"long_factor":[2,4]}"#

    private func answer(_ config: String, dim: Int = 4, _ fields: String = "") throws -> JSON {
        let x = Array(repeating: "1", count: dim).joined(separator: ",")
        let response = try LiveService().apply(#"{"x":[\#(x)],"config":{\#(config)}\#(fields)}"#)
        try #require(response.status == 200, "\(config): \(response.text)")
        return try JSON(response.json)
    }

    @Test(arguments: [
        // transformers 4
        (
            #""model_type":"llama","head_dim":4,"rope_theta":500"#, "",
            #"{"base":500,"layout":"half","rope_type":"default"}"#
        ),
        (
            #""model_type":"llama","head_dim":4,"rope_theta":500,"rope_scaling":{"type":"linear","factor":2}"#, "",
            #"{"base":500,"rope_type":"linear","scaling":{"factor":2}}"#
        ),
        // transformers 5
        (
            #""model_type":"glm","head_dim":4,"rope_parameters":{"rope_theta":500,"rope_type":"default"}"#, "",
            #"{"base":500,"layout":"interleaved","rope_type":"default"}"#
        ),
        (
            #""model_type":"llama","head_dim":4,"rope_theta":500,"rope_parameters":{"rope_theta":500,"rope_type":"linear","factor":2}"#,
            "", #"{"base":500,"rope_type":"linear"}"#
        ),
        // For each type of layer, and as Gemma 3 had it before.
        (nested, #""layer_type":"full_attention""#, #"{"base":1000000,"rope_type":"linear","scaling":{"factor":8}}"#),
        (nested, #""layer_type":"sliding_attention""#, #"{"base":10000,"rope_type":"default"}"#),
        (gemma3, #""layer_type":"full_attention""#, #"{"base":1000000,"rope_type":"linear","scaling":{"factor":8}}"#),
        (gemma3, #""layer_type":"sliding_attention""#, #"{"base":10000,"rope_type":"default"}"#),
        (
            #""model_type":"gemma3","text_config":{\#(gemma3)}"#, #""layer_type":"full_attention""#,
            #"{"base":1000000,"rope_type":"linear"}"#
        ),
        // Of several models, the language model's counts, and its type where it has one.
        (
            #""model_type":"llava","head_dim":16,"rope_theta":7,"text_config":{"model_type":"glm","head_dim":4,"rope_theta":500}"#,
            "", #"{"base":500,"layout":"interleaved"}"#
        ),
        (#""model_type":"qwen2_vl","text_config":{"head_dim":4}"#, "", #"{"layout":"half"}"#),
        // The length of a head.
        (#""model_type":"llama","head_dim":null,"hidden_size":16,"num_attention_heads":4"#, "", #"{"rotary_dim":4}"#),
        (#""model_type":"llama","head_dim":4,"hidden_size":100,"num_attention_heads":4"#, "", #"{"rotary_dim":4}"#),
        (#""model_type":"gptj","n_embd":8,"n_head":2,"rotary_dim":2"#, "", #"{"layout":"interleaved","rotary_dim":2}"#),
        (deepSeek, "", #"{"layout":"interleaved","output_layout":"half","rotary_dim":4}"#),
        (deepSeek, #""output_layout":"interleaved""#, #"{"layout":"interleaved","output_layout":null}"#),
        (deepSeek, #""layout":"interleaved""#, #"{"layout":"interleaved","output_layout":null}"#),
        (deepSeek + #","rope_interleave":false"#, "", #"{"layout":"half","output_layout":null}"#),
        (#""model_type":"deepseek_v2","qk_rope_head_dim":4,"rope_interleave":false"#, "", #"{"layout":"half"}"#),
        // What beside the scaling stands for what is in it.
        (
            phi3, "",
            #"{"factors":"short","rope_type":"longrope","scaling":{"factor":4,"original_max_position_embeddings":4}}"#
        ),
        (phi3, #""seq_len":5"#, #"{"factors":"long"}"#),
        (
            #""model_type":"llama","head_dim":4,"max_position_embeddings":64,"rope_scaling":{"type":"dynamic","factor":2,"original_max_position_embeddings":32}"#,
            #""seq_len":128"#, #"{"effective_base":90000,"scaling":{"factor":2,"max_position_embeddings":64}}"#
        ),
        // null is as absent, and what is not of RoPE is not looked at.
        (
            #""model_type":"llama","head_dim":4,"rope_theta":null,"rope_scaling":null,"text_config":null"#, "",
            #"{"base":10000,"rope_type":"default"}"#
        ),
        (
            #""model_type":"llama","head_dim":4,"torch_dtype":"bfloat16","eos_token_id":[1,2],"quantization_config":{"bits":null}"#,
            "", #"{"base":10000}"#
        ),
        // What is given beside it wins, a scaling as a whole.
        (phi3, #""base":7"#, #"{"base":7,"rope_type":"longrope"}"#),
        (phi3, #""scaling":{"rope_type":"linear","factor":2}"#, #"{"rope_type":"linear","scaling":{"factor":2}}"#),
        (phi3, #""scaling":{"rope_type":"default","rope_theta":9}"#, #"{"base":9,"rope_type":"default"}"#),
        (deepSeek, #""layout":"half","rotary_dim":2"#, #"{"layout":"half","rotary_dim":2}"#),
        // A layout that is given needs no model.
        (#""model_type":"new","head_dim":4"#, #""layout":"half""#, #"{"layout":"half"}"#),
        (#""head_dim":4"#, #""layout":"interleaved""#, #"{"layout":"interleaved"}"#),
    ])
    func `a config says how to turn`(_ config: String, _ fields: String, _ expected: String) throws {
        let rope = try answer(config, fields.isEmpty ? "" : "," + fields)["rope"]
        let expected = try JSON(Data(expected.utf8))
        for name in expected.names { #expect(rope[name] == expected[name], "\(name) of \(rope)") }
        #expect(rope["scaling"] == .null || rope["rope_type"] != .string("default"))
    }

    @Test(arguments: [
        (#""model_type":"llama","head_dim":8,"partial_rotary_factor":0.5"#, 8, 4.0),
        (#""model_type":"llama","head_dim":8,"partial_rotary_factor":0.5"#, 4, 4),
        (#""model_type":"llama","head_dim":8,"rope_parameters":{"partial_rotary_factor":0.5}"#, 8, 4),
        (#""model_type":"gpt_neox","hidden_size":16,"num_attention_heads":2,"rotary_pct":0.25"#, 8, 2),
        (
            #""model_type":"gemma4_text","head_dim":8,"rope_parameters":{"rope_type":"proportional","partial_rotary_factor":0.25}"#,
            8, 8
        ),
    ])
    func `a share of a head turns, sent whole or alone`(_ config: String, _ dim: Int, _ rotaryDimension: Double) throws
    {
        let rope = try answer(config, dim: dim)["rope"]
        #expect(rope["rotary_dim"] == .number(rotaryDimension) && rope["dim"] == .number(Double(dim)))
    }

    @Test(
        arguments: [
            (
                #""model_type":"llama","hidden_size":16,"num_attention_heads":4"#, "",
                [
                    "base 10000: rope_theta is missing", "head_dim 4: 16 elements / 4 heads",
                    "layout half: model_type llama",
                ]
            ),
            (
                #""model_type":"llama","head_dim":8,"rope_theta":1,"partial_rotary_factor":0.5"#, "",
                ["rotary_dim 4: head_dim × partial_rotary_factor 0.5", "layout half: model_type llama"]
            ),
            (
                #""model_type":"deepseek_v3","qk_rope_head_dim":4,"rope_theta":1,"rope_interleave":true"#, "",
                ["layout interleaved: rope_interleave", "output_layout half: model_type deepseek_v3"]
            ),
            // What is given beside it is not inferred.
            (#""model_type":"llama","head_dim":4"#, #","base":7"#, ["layout half: model_type llama"]),
            (#""model_type":"llama","head_dim":4,"rope_theta":1"#, #","layout":"half""#, []),
        ] as [(String, String, [String])])
    func `what a config does not say is listed`(_ config: String, _ fields: String, _ inferred: [String]) throws {
        #expect(try answer(config, fields)["rope"]["inferred"] == .array(inferred.map(JSON.string)))
    }

    @Test(arguments: [
        (#""model_type":"llama","head_dim":4"#, #","layer_type":"full_attention""#, "layer_type has no effect")
    ])
    func `what is read otherwise is warned of`(_ config: String, _ fields: String, _ warning: String) throws {
        let warnings = try answer(config, fields)["warnings"].elements.compactMap(\.string)
        #expect(warnings.count == 1 && warnings[0].hasPrefix(warning), "\(warnings)")
    }

    @Test(arguments: [
        ("qwen2_vl", "TTTHHWW"), ("qwen3_vl_text", "THWTHWT"), ("qwen3_5_moe_text", "THWTHWT"),
        ("ernie4_5_vl_moe_text", "HWHWHWTT"),
    ])
    func `a config's sections are of the axes that its model's code has`(_ type: String, _ letters: String) throws {
        let sections = type.hasPrefix("ernie") ? "3,3,2" : "3,2,2"
        let config =
            #""model_type":"\#(type)","head_dim":\#(2 * letters.count),"rope_scaling":{"type":"default","mrope_section":[\#(sections)]}"#
        let x = Array(repeating: "1", count: 2 * letters.count).joined(separator: ",")
        let response = try LiveService().apply(
            #"{"x":[[\#(x)]],"config":{\#(config)},"layout":"half","rotary_dim":\#(2 * letters.count)}"#)
        #expect(try JSON(response.json)["rope"]["axes"] == .string(letters), "\(response.text)")
    }

    @Test(arguments: [
        ("qwen2_5_vl_text", "TTT", 128), ("qwen3_omni_moe_text", "THW", 128), ("ernie4_5_vl_moe", "HWH", 128),
    ])
    func `a config without sections has those of its class, and says so`(type: String, letters: String, dim: Int) throws
    {
        let x = Array(repeating: "1", count: dim).joined(separator: ",")
        let config = #"{"model_type":"\#(type)","head_dim":\#(dim)}"#
        let response = try LiveService().apply(
            #"{"x":[[\#(x)]],"layout":"half","positions":[[1],[2],[3]],"config":\#(config)}"#)
        let rope = try JSON(response.json)["rope"]
        #expect(rope["axes"].string?.hasPrefix(letters) == true, "\(response.text)")
        #expect(rope["inferred"].elements.compactMap(\.string).contains { $0.hasPrefix("mrope_section [") })
    }

    @Test func `attention takes a config, and the ladder does not`() throws {
        let service = try LiveService()
        let response = try service.post(
            "/attention", #"{"query":[[1,0,0,1]],"key":[[1,0,0,1]],"value":[[1]],"config":{\#(Self.phi3)}}"#)
        #expect(try JSON(response.json)["rope"]["rope_type"] == .string("longrope"))
        #expect(try ProblemDocument(service.get("/frequencies?dim=4&config={}")).summary == "unknown-field config")
    }
}
