import FoundationEssentials
import Testing

@testable import RopewalkService

/// What the attention of a model or config has besides rotation.
@Suite struct ModelAttentionTests {
    private static let service = Service(Service.Configuration(), logger: .silent)

    private func answer(_ path: String, _ body: String) throws -> JSON {
        let response = answering("POST", path, body: Data(body.utf8), by: Self.service)
        try #require(response.status == 200, "\(body.prefix(400)): \(String(decoding: response.body, as: UTF8.self))")
        return try JSON(response.body)
    }

    private func text(_ json: JSON) throws -> String { String(decoding: try JSONEncoder().encode(json), as: UTF8.self) }

    private func row(_ dim: Int, _ step: Int) -> String {
        "[" + (0..<dim).map { "\(Double($0 * step % 13 - 6) / 8)" }.joined(separator: ",") + "]"
    }

    /// The warnings of an attention of two tokens, of which the later one is at `position`.
    private func warnings(_ dim: Int, _ position: Int, _ fields: String) throws -> [String] {
        let (query, keys) = (row(dim, 7), "\(row(dim, 5)),\(row(dim, 3))")
        return try answer(
            "/attention",
            #"{"query":[\#(query)],"key":[\#(keys)],"value":[[1],[2]],"key_positions":[0,\#(position)],\#(fields)}"#
        )["warnings"].elements.compactMap(\.string)
    }

    @Test func `a model's config in its place gives the same rotation, scale and warnings`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appending(path: "Sources/RopewalkService/Resources/models.json")
        let file = try JSON(Data(contentsOf: path))
        for model in ModelCatalog.builtIn.all {
            let config = try text(file[model.name]["config"])
            for type in model.layerTypes.isEmpty ? [nil] : model.layerTypes.map(\.self) as [String?] {
                let dim = try #require(model.config(layerType: type)?.headDimension)
                let layer = type.map { #","layer_type":"\#($0)""# } ?? ""
                let (one, other) = (row(dim, 7), row(dim, 5))
                for (path, body) in [
                    ("/rope/apply", #""x":[\#(one),\#(other)],"offset":300"#),
                    (
                        "/attention",
                        #""query":[\#(one)],"key":[\#(one),\#(other)],"value":[[1],[2]],"key_positions":[0,300000]"#
                    ),
                ] {
                    let named = try answer(path, #"{\#(body),"model":"\#(model.name)"\#(layer)}"#)
                    let given = try answer(path, #"{\#(body),"config":\#(config)\#(layer)}"#)
                    for member in ["y", "output", "shape", "attention"] { #expect(named[member] == given[member]) }
                    for member in Set(named["rope"].names + given["rope"].names).subtracting(["model", "inferred"]) {
                        #expect(named["rope"][member] == given["rope"][member], "\(member) of \(model.name)")
                    }
                    let warnings = named["warnings"].elements.compactMap(\.string)
                        .filter { !$0.hasSuffix("is unverified") }
                        .map { $0.replacing("model \(model.name)", with: "config") }
                    #expect(warnings == given["warnings"].elements.compactMap(\.string), "\(model.name)")
                    #expect(path == "/rope/apply" || named["attention"]["scale"].number != nil)
                }
            }
        }
    }

    @Test(
        arguments: [
            (#""model_type":"gemma2","head_dim":4,"query_pre_attn_scalar":144"#, "", 1.0 / 12),
            (#""model_type":"gemma2","head_dim":4"#, "", 1.0 / 16),
            (#""model_type":"gemma3n_text","head_dim":4"#, #","layer_type":"full_attention""#, 1),
            (#""model_type":"granite","head_dim":4,"attention_multiplier":0.0078125"#, "", 0.0078125),
            (#""model_type":"granite","head_dim":4"#, "", 1),
            (#""model_type":"llama","head_dim":4"#, "", 0.5),
            (#""model_type":"llama","head_dim":4"#, #","scale":2"#, 2),
            (#""model_type":"gemma2","head_dim":4,"query_pre_attn_scalar":144"#, #","scale":2"#, 2),
            (#""model_type":"gemma2","head_dim":4,"query_pre_attn_scalar":null"#, "", 1.0 / 16),
            // Only the heads of DeepSeek's kind take the square of mscale, and an explicit scaling does not change it.
            (
                #""model_type":"deepseek_v3","qk_nope_head_dim":2,"qk_rope_head_dim":2,"rope_scaling":{"type":"yarn","factor":40,"mscale":1,"mscale_all_dim":1,"original_max_position_embeddings":4096}"#,
                #","scaling":{"rope_type":"linear","factor":2}"#, 0.5 * 1.8738542070926265
            ),
            (
                #""model_type":"mistral","head_dim":4,"rope_scaling":{"type":"linear","factor":40}"#,
                "", 0.5
            ),
        ] as [(String, String, Double)])
    func `attention takes a config's scale, and says so`(_ config: String, _ fields: String, _ scale: Double) throws {
        let tensors = #""query":[[1,0,0,0]],"key":[[1,0,0,0]],"value":[[1]]"#
        let attention = try answer("/attention", #"{\#(tensors),"config":{\#(config)}\#(fields)}"#)["attention"]
        #expect(try abs(#require(attention["scale"].number) - scale) <= scale * 0x1p-50, "\(attention)")
        #expect(attention["causal"] == .boolean(false) && attention.names.sorted() == ["causal", "scale"])
    }

    @Test(
        arguments: [
            (#""model":"gpt-oss-20b""#, 64, 1, ["sinks"]),
            (#""model":"gpt-oss-20b""#, 64, 127, ["sinks"]),
            (#""model":"gpt-oss-20b""#, 64, 128, ["sinks", "a sliding window of 128 keys in its layers of type"]),
            (#""model":"gpt-oss-20b","layer_type":"sliding_attention""#, 64, 128, ["sinks", "window"]),
            (#""model":"gpt-oss-20b","layer_type":"full_attention""#, 64, 128, ["sinks"]),
            // What the caller's own mask hides is not lacked.
            (#""model":"gpt-oss-20b","mask":[[false,true]]"#, 64, 128, ["sinks"]),
            (#""model":"gpt-oss-20b","mask":[[-1e9,0]]"#, 64, 128, ["sinks"]),
            (#""model":"gpt-oss-20b","mask":[[0.5,0]]"#, 64, 128, ["sinks", "window"]),
            (#""model":"gemma-2-9b""#, 256, 1, ["softcap of 50"]),
            (#""model":"gemma-2-9b""#, 256, 4096, ["softcap of 50", "window of 4096"]),
            (#""model":"gemma-3-4b-it","layer_type":"full_attention""#, 256, 5000, []),
            (#""model":"gemma-3-4b-it","layer_type":"sliding_attention""#, 256, 1023, []),
            (#""model":"gemma-3-4b-it","layer_type":"sliding_attention""#, 256, 1024, ["window of 1024"]),
            (#""model":"mistral-7b-v0.1""#, 128, 4095, []),
            (#""model":"mistral-7b-v0.1","causal":true"#, 128, 4096, ["window of 4096 keys; a mask"]),
            (#""model":"mistral-7b-v0.3""#, 128, 30_000, []),
            (#""model":"qwen2-7b""#, 128, 30_000, []),
            (#""model":"llama-3.1-8b""#, 128, 100_000, []),
            (#""model":"llama-4-scout-17b-16e","layer_type":"chunked_attention""#, 128, 8191, ["unverified"]),
            (
                #""model":"llama-4-scout-17b-16e","layer_type":"chunked_attention""#, 128, 8192,
                ["unverified", "chunks"]
            ),
            (
                #""model":"llama-4-scout-17b-16e","layer_type":"full_attention""#, 128, 8191,
                ["unverified", "do not rotate", "a temperature"]
            ),
            (#""model":"llama-4-scout-17b-16e""#, 128, 1, ["unverified", "do not rotate: every fourth"]),
            (#""model":"smollm3-3b""#, 128, 1, ["unverified", "do not rotate: every fourth"]),
            (#""model":"ministral-3-8b-base-2512""#, 128, 16_383, []),
            (#""model":"ministral-3-8b-base-2512""#, 128, 16_384, ["a temperature"]),
            (#""model":"modernbert-base","layer_type":"sliding_attention""#, 64, 64, []),
            (#""model":"modernbert-base","layer_type":"sliding_attention""#, 64, 65, ["64 keys on either side"]),
            (
                #""model":"modernbert-base","layer_type":"sliding_attention","query_positions":[0]"#, 64, 65,
                ["either side"]
            ),
            (#""model":"qwen2.5-7b-instruct-1m""#, 128, 253_953, ["dual chunk"]),
            (#""model":"starcoder2-7b""#, 128, 4095, []),
            (#""model":"starcoder2-3b""#, 128, 4096, ["window of 4096 keys;"]),
            (#""model":"starcoder2-15b","causal":true"#, 128, 4096, ["window of 4096 keys; a mask"]),
        ] as [(String, Int, Int, [String])])
    func `what a model's attention has and the answer lacks is named`(
        _ fields: String, _ dim: Int, _ position: Int, _ words: [String]
    ) throws {
        let warnings = try warnings(dim, position, fields)
        try #require(warnings.count == words.count, "\(warnings)")
        for (warning, words) in zip(warnings, words) { #expect(warning.contains(words), "\(warnings)") }
    }

    @Test(
        arguments: [
            (#""model_type":"mistral","sliding_window":null"#, []),
            (#""model_type":"mistral","sliding_window":8"#, ["window of 8 keys"]),
            (#""model_type":"mistral""#, []),
            (#""model_type":"llama","sliding_window":8"#, []),
            (#""model_type":"qwen2","sliding_window":8,"use_sliding_window":false,"max_window_layers":2"#, []),
            (#""model_type":"qwen2","sliding_window":8"#, []),
            (
                #""model_type":"qwen2","sliding_window":8,"use_sliding_window":true,"max_window_layers":2"#,
                ["window of 8 keys in its layers of type sliding_attention"]
            ),
            (
                #""model_type":"qwen2","sliding_window":8,"use_sliding_window":true,"max_window_layers":2,"num_hidden_layers":2"#,
                []
            ),
            (#""model_type":"gemma2","attn_logit_softcapping":null,"sliding_window":null"#, []),
            (
                #""model_type":"gemma2","attn_logit_softcapping":30.0,"layer_types":["full_attention"]"#,
                ["softcap of 30"]
            ),
            (
                #""model_type":"olmo","sliding_window":8,"layer_types":["sliding_attention"]"#,
                ["window of 8 keys; a mask"]
            ),
            (#""model_type":"llama4_text","attention_chunk_size":8,"no_rope_layers":[1,1]"#, ["chunks of 8 keys"]),
            (#""model_type":"llama4_text","attention_chunk_size":null,"no_rope_layers":[1,0,1,0]"#, ["rotate: 1, 3,"]),
            (#""model_type":"smollm3","no_rope_layer_interval":3"#, ["rotate: every third"]),
            (#""model_type":"cohere2","sliding_window":1000"#, ["rotate: those of type full_attention"]),
            (#""model_type":"exaone4","sliding_window":null"#, []),
            (#""model_type":"granitemoehybrid""#, ["rotate: all"]),
            (#""model_type":"granitemoehybrid","position_embedding_type":"rope""#, []),
            (#""model_type":"falcon","alibi":false"#, []),
            (#""model_type":"gpt_oss","sliding_window":100"#, ["sinks"]),
            (
                #""model_type":"deepseek_v32","index_topk":1,"rope_interleave":false"#,
                ["indexer that lets a query see 1 "]
            ),
            (#""model_type":"qwen","use_logn_attn":true,"seq_length":8"#, ["a temperature"]),
            // A key of another type than it is expected to be is no reason to refuse a rotation.
            (#""model_type":"mistral","sliding_window":[8],"layer_types":3"#, []),
        ] as [(String, [String])])
    func `a config is read for what its attention has`(_ config: String, _ words: [String]) throws {
        let warnings = try warnings(4, 20, #""config":{"head_dim":4,"rope_theta":100,\#(config)}"#)
        try #require(warnings.count == words.count, "\(warnings)")
        for (warning, words) in zip(warnings, words) { #expect(warning.contains(words), "\(warnings)") }
    }

    @Test(
        arguments: [
            (#""model":"llama-3.1-8b""#, true), (#""model":"llama-3.1-8b","causal":true"#, false),
            (#""model":"llama-3.1-8b","causal":false"#, false),
            // The caller's own mask hides the key ahead, or a key that is not ahead.
            (#""model":"llama-3.1-8b","mask":[[true,false],[true,true]]"#, false),
            (#""model":"llama-3.1-8b","mask":[[0,-1e9],[0,0]]"#, false),
            (#""model":"llama-3.1-8b","mask":[[true,true],[false,true]]"#, true),
            (#""model":"llama-3.1-8b","query_positions":[5,6]"#, false),
            (#""model":"llama-3.1-8b","query_positions":[1,1]"#, false),
            (#""config":{"model_type":"llama","head_dim":128}"#, true),
            (#""config":{"text_config":{"model_type":"qwen3_vl_text","head_dim":128}}"#, true),
            // An encoder, by its type or its config, and models that are not known.
            (#""config":{"model_type":"modernbert","head_dim":128},"layer_type":"full_attention""#, false),
            (#""config":{"model_type":"nomic_bert","head_dim":128}"#, false),
            (#""config":{"model_type":"eurobert","head_dim":128}"#, false),
            (#""config":{"model_type":"qwen2","head_dim":128,"is_causal":false}"#, false),
            (
                #""config":{"model_type":"gemma3_text","head_dim":128,"use_bidirectional_attention":true},"layer_type":"full_attention""#,
                false
            ),
            (#""config":{"model_type":"qwen2_5_vl_vision","head_dim":128},"layout":"half""#, false),
            (#""rope_theta":10000"#, false), (#""rotate":false"#, false),
        ] as [(String, Bool)])
    func `a causal model without causal is warned of where a query sees a key ahead`(
        _ fields: String, _ isWarned: Bool
    ) throws {
        let rows = "\(row(128, 7)),\(row(128, 5))"
        let warnings = try answer(
            "/attention", #"{"query":[\#(rows)],"key":[\#(rows)],"value":[[1],[2]],\#(fields)}"#)["warnings"]
        let found = warnings.elements.compactMap(\.string).filter { $0.contains("is causal, and causal is not given") }
        #expect(found.count == (isWarned ? 1 : 0), "\(warnings)")
        let subject = fields.contains("config") ? "config" : "model llama-3.1-8b"
        #expect(found.allSatisfy { $0.contains("of \(subject) is causal") && $0.hasSuffix("give causal") })
    }

    @Test func `a config with ALiBi is refused, and layers that do not rotate are said to take rotate false`() throws {
        for layout in ["", #","layout":"half""#] {
            let body = #"{"x":[[1,0,0,0]],"config":{"model_type":"falcon","head_dim":4,"alibi":true}\#(layout)}"#
            let problem = try ProblemDocument(answering("POST", "/rope/apply", body: Data(body.utf8)).body)
            #expect(problem.summary == "unknown-value /config/alibi")
            #expect(problem.detail.contains("it does not use RoPE, but ALiBi"))
        }
        for fields in ["", #","layer_type":"full_attention""#] {
            let body = #"{"x":[[1,0,0,0]],"config":{"model_type":"cohere2","head_dim":4,"sliding_window":8}\#(fields)}"#
            let warnings = try answer("/rope/apply", body)["warnings"].elements.compactMap(\.string)
            #expect(warnings.contains { $0.contains(#"takes "rotate":false without model, config and layer_type"#) })
        }
        let sinks = try warnings(64, 1, #""model":"gpt-oss-20b""#)
        #expect(sinks.contains { $0.contains("a first key and value of zeros, with the logit") })
    }

    @Test(arguments: [("gpt-oss-20b", 64), ("gemma-2-9b", 256), ("ministral-3-8b-base-2512", 128)])
    func `a rotation alone says nothing of attention`(_ model: String, _ dim: Int) throws {
        let body = #"{"x":[\#(row(dim, 7))],"offset":500000,"model":"\#(model)"}"#
        #expect(try answer("/rope/apply", body)["warnings"] == .null)
    }

    @Test(arguments: ["llama-4-scout-17b-16e", "smollm3-3b"])
    func `a rotation says which layers of its model do not rotate`(_ model: String) throws {
        let warnings = try answer("/rope/apply", #"{"x":[\#(row(128, 7))],"model":"\#(model)"}"#)["warnings"]
        #expect(warnings.elements.compactMap(\.string).contains { $0.contains("do not rotate") })
        #expect(
            try JSON(answering("GET", "/models/\(model)").body)["layers_without_rotation"] == .string("every fourth"))
    }

    @Test(arguments: [
        (#""query_pre_attn_scalar":0"#, "out-of-range"), (#""query_pre_attn_scalar":-4"#, "out-of-range"),
        (#""query_pre_attn_scalar":"x""#, "wrong-type"), (#""attention_multiplier":1e300"#, "out-of-range"),
    ])
    func `a scale that cannot be is refused in its place`(_ key: String, _ kind: String) throws {
        let body = #"{"x":[1,0,0,0],"config":{"model_type":"gemma","head_dim":4,\#(key)}}"#
        let problem = try ProblemDocument(answering("POST", "/rope/apply", body: Data(body.utf8)).body)
        #expect(problem.summary == "\(kind) /config/\(key.split(separator: "\"")[0])")
    }

    @Test func `every format says what an attention was computed with`() throws {
        let body = Data(#"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"causal":true,"scale":0.25}"#.utf8)
        for accept in ["application/x-npy", "application/octet-stream"] {
            let response = answering("POST", "/attention", body: body, accept: accept)
            #expect(response.headers["Ropewalk-Attention"] == #"{"causal":true,"scale":0.25}"#)
        }
        let file = answering("POST", "/attention", body: body, accept: "application/vnd.safetensors")
        #expect(String(decoding: file.body, as: UTF8.self).contains(#""attention":"{\"causal\":true,\"scale\":0.25}""#))
    }

    @Test func `a file of models may say what no config does`() throws {
        let file =
            #"{"m":{"config":{"model_type":"llama","head_dim":4},"softmax_scale":0.25,"window":3,"output_layout":"interleaved","layers_without_rotation":"the first","source":"s"}}"#
        let model = try #require(try ModelCatalog(Data(file.utf8))["m"])
        let config = try #require(model.config(layerType: nil))
        #expect(model.attention(config).scale == 0.25 && model.attention(config).reach == .window(3))
        #expect(model.outputLayout(config) == .interleaved && model.unrotatedLayers(config)?.layers == "the first")
    }
}
