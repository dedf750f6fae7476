import FoundationEssentials
import TestSupport
import Testing

@testable import RopewalkService

/// What is refused with a word on what is meant, or what serves in its place.
@Suite struct AdviceTests {
    private func detail(_ path: String, _ body: String, _ summary: String) throws -> String {
        let response =
            body.isEmpty ? answering("GET", path) : answering("POST", path, body: Data(body.utf8))
        let problem = try ProblemDocument(response.body)
        #expect(problem.summary == summary, "\(problem.detail)")
        return problem.detail
    }

    @Test(arguments: ["rope_type", "factor", "beta_fast", "mrope_section", "original_max_position_embeddings", "type"])
    func `a key of a scaling at the top of a body belongs inside scaling`(_ key: String) throws {
        for (path, body) in [
            ("/rope/apply", #""x":[[1,0]]"#), ("/attention", #""query":[[1,0]],"key":[[1,0]],"value":[[1]]"#),
            ("/rope/shift", #""x":[[1,0]],"by":1"#),
        ] {
            let detail = try detail(path, #"{\#(body),"\#(key)":2}"#, "unknown-field /\(key)")
            #expect(detail.contains(#"it is a key of scaling, as in "scaling":{"rope_type""#), "\(detail)")
        }
    }

    @Test func `scale in a scaling is its factor`() throws {
        let body = #"{"x":[[1,0]],"scaling":{"rope_type":"linear","scale":2}}"#
        #expect(try detail("/rope/apply", body, "unknown-field /scaling/scale").hasSuffix("did you mean factor?"))
        #expect(
            try detail("/frequencies?dim=4&rope_type=linear&scale=2", "", "unknown-field scale")
                .hasSuffix("did you mean factor?"))
    }

    @Test(arguments: [
        ("bias", "numbers to add"), ("window", "booleans"), ("chunk_size", "booleans"), ("segments", "booleans"),
        ("key_lengths", "booleans"), ("sinks", "first key and value of zeros"), ("softcap", "no field does the same"),
        ("past_key", "key_positions"), ("temperature", "scale"), ("return", "return_weights"),
    ])
    func `what attention does not have yet is said to be so, with what serves`(_ key: String, _ words: String) throws {
        let body = #"{"query":[[1,0]],"key":[[1,0]],"value":[[1]],"\#(key)":1}"#
        let detail = try detail("/attention", body, "unknown-field /\(key)")
        #expect(detail.contains("it is not supported yet; ") && detail.contains(words), "\(detail)")
        // Elsewhere it is a word like others.
        let other = try ProblemDocument(
            answering("POST", "/rope/apply", body: Data(#"{"x":[[1,0]],"\#(key)":1}"#.utf8)).body)
        #expect(!other.detail.contains("not supported yet"))
    }

    @Test(arguments: [
        ("/rope/apply", "dim", "last axis"), ("/rope/apply", "sign", "not supported yet"),
        ("/rope/apply", "layer", "layer_type"), ("/rope/apply", "is_neox_style", "half for true"),
        ("/rope/apply", "traditional", "interleaved for true"),
        ("/rope/apply", "rope_parameters", "scaling takes its keys"),
        ("/rope/apply", "tensor", "called x"), ("/rope/apply", "hidden_size", #"{"config":"#),
        ("/rope/apply", "weight_map", "index of a checkpoint"), ("/rope/shift", "positions", "by says how far"),
        ("/rope/convert", "layout", "from and to"), ("/attention", "positions", "query_positions and key_positions"),
        ("/attention", "enable_gqa", "here; leave it out"), ("/attention", "seqlens", "booleans"),
        ("/attention", "distance", "no field does the same"),
    ])
    func `a name of another tool leads to what serves here`(_ path: String, _ key: String, _ words: String) throws {
        let fields =
            switch path {
            case "/attention": #""query":[[1,0]],"key":[[1,0]],"value":[[1]]"#
            case "/rope/shift": #""x":[[1,0]],"by":1"#
            case "/rope/convert": #""x":[[1,0]],"from":"half","to":"interleaved""#
            default: #""x":[[1,0]]"#
            }
        let detail = try detail(path, #"{\#(fields),"\#(key)":1}"#, "unknown-field /\(key)")
        #expect(detail.contains(words) && !detail.contains("did you mean"), "\(detail)")
    }

    @Test(arguments: ["[0,1]", "range(4)", "0;4", "0,1,", ""])
    func `what is no list of positions is told how one is written`(_ positions: String) throws {
        let query = positions.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let problem = try ProblemDocument(answering("GET", "/frequencies?dim=4&positions=\(query)").body)
        #expect(problem.detail.contains("0,1,5, or a range, as in 0:4; this is \"\(positions)\""), "\(problem.detail)")
    }

    @Test func `a first key and value of zeros with the logit in the mask is a sink`() throws {
        let body =
            #"{"query":[[0,0]],"key":[[0,0],[0,0]],"value":[[0],[6]],"mask":[[0.6931471805599453,0]],"dtype":"float64"}"#
        let answer = try JSON(answering("POST", "/attention", body: Data(body.utf8)).body)
        // The sink's weight is 2 / (2 + 1).
        #expect(try abs(#require(answer["output"].elements[0].elements[0].number) - 2) < 1e-15)
    }

    @Test(arguments: [
        ("neox", #"did you mean "half"?"#), ("rotate_half", #"did you mean "half"?"#),
        ("GPT-NeoX", #"did you mean "half"?"#), ("split", #"did you mean "half"?"#), ("Half", #"did you mean "half"?"#),
        ("gptj", #"did you mean "interleaved"?"#), ("gpt-j", #"did you mean "interleaved"?"#),
        ("adjacent", #"did you mean "interleaved"?"#), ("interleave", #"did you mean "interleaved"?"#),
        ("llama", #"Meta's files of Llama are "interleaved", and Hugging Face's are "half""#),
        ("zigzag", #"known are "interleaved", pairs of neighbours, and "half", pairs as in rotate_half"#),
    ])
    func `a layout by another tool's name is answered with ours`(_ layout: String, _ words: String) throws {
        for name in ["layout", "output_layout"] {
            let body = #"{"x":[[1,0]],"\#(name)":"\#(layout)"}"#
            let detail = try detail("/rope/apply", body, "unknown-value /\(name)")
            #expect(detail.hasPrefix("\(name) \"\(layout)\"") && detail.hasSuffix(words), "\(detail)")
        }
        let convert = #"{"x":[[1,0]],"from":"\#(layout)","to":"half"}"#
        #expect(try detail("/rope/convert", convert, "unknown-value /from").hasSuffix(words))
        #expect(try detail("/frequencies?dim=2&layout=\(layout)", "", "unknown-value layout").hasSuffix(words))
    }

    @Test(arguments: ["0-4", "0..4", "0...4", "0..<4"])
    func `a range as others write it is answered with ours`(_ range: String) throws {
        let target = "/frequencies?dim=4&positions=" + range.replacing("<", with: "%3C")
        let detail = try detail(target, "", "wrong-type positions")
        #expect(detail.contains("0:4, whose end is excluded, or 0:5 with its end"), "\(detail)")
    }

    @Test func `a negative position or an exponent is no range`() throws {
        for positions in ["-4", "1e-4", "-1,-4"] {
            #expect(answering("GET", "/frequencies?dim=4&positions=\(positions)").status == 200)
        }
    }

    @Test(arguments: [
        ("meta-llama/Llama-3.1-8B", "llama-3.1-8b"), ("Qwen/Qwen2.5-7B-Instruct", "qwen2.5-7b"),
        ("DeepSeek-V3", "deepseek-v3"), ("microsoft/phi-2", "phi-2"), ("openai/gpt-oss-120b", "gpt-oss-20b"),
    ])
    func `a model is known by the name of its repository`(_ given: String, _ name: String) throws {
        for target in ["/models/\(given)", "/models/" + given.replacing("/", with: "%2F")] {
            let response = answering("GET", target)
            #expect(response.status == 200)
            #expect(try JSON(response.body)["name"] == .string(name))
        }
        let frequencies = answering("GET", "/frequencies?model=\(given)")
        #expect(try JSON(frequencies.body)["rope"]["model"] == .string(name))
    }

    @Test(arguments: [
        ("gpt2", "learned absolute positions"), ("openai-community/gpt2-xl", "learned absolute positions"),
        ("bigscience/bloom-7b1", "ALiBi"), ("google/flan-t5-small", "T5's relative biases"),
        ("mosaicml/mpt-7b", "ALiBi"),
        ("bert-base-uncased", "learned absolute positions"), ("facebook/opt-125m", "learned absolute positions"),
        ("microsoft/deberta-v3-base", "separate projections"),
    ])
    func `a model without RoPE is said to be so`(_ name: String, _ words: String) throws {
        let body = #"{"x":[[1,0]],"model":"\#(name)"}"#
        let posted = try detail("/rope/apply", body, "unknown-value /model")
        let got = try ProblemDocument(answering("GET", "/models/\(name)").body)
        #expect(got.status == 404)
        for detail in [posted, got.detail] {
            #expect(detail.contains("it does not use RoPE, but ") && detail.contains(words), "\(detail)")
        }
    }

    @Test func `a config of such a model is said to be so, and a name that only begins alike is not`() throws {
        let config = #"{"x":[[1,0]],"config":{"model_type":"gpt2","head_dim":2}}"#
        #expect(try detail("/rope/apply", config, "unknown-value /config/model_type").contains("does not use RoPE"))
        let other = #"{"x":[[1,0]],"config":{"model_type":"optimus","head_dim":2}}"#
        #expect(try detail("/rope/apply", other, "unknown-value /config/model_type").contains("is not known here"))
        #expect(
            try detail("/rope/apply", #"{"x":[[1,0]],"model":"llama-3.1-8c"}"#, "unknown-value /model").hasSuffix("?"))
    }

    @Test(arguments: [
        (#"{"x":[[1,0]],"positions":[0,1]}"#, "positions has 2 numbers here, and the sequence of x has 1 row"),
        (#"{"x":[[1,0],[1,0]],"positions":[0]}"#, "positions has 1 number here, and the sequence of x has 2 rows"),
        (#"{"x":[[1]]}"#, "x has 1 element in its last axis"),
        (#"{"x":[[1,0]],"inv_freq":[1,2]}"#, "one number for each of 1 pair is needed; this has 2 numbers"),
        (#"{"x":{"shape":[1,1],"data":[1,2]}}"#, "is of 1 element, and data has 2"),
    ])
    func `counts are of one thing or of several, and say of what`(_ body: String, _ words: String) throws {
        let problem = try ProblemDocument(answering("POST", "/rope/apply", body: Data(body.utf8)).body)
        #expect(problem.detail.contains(words), "\(problem.detail)")
    }
}
