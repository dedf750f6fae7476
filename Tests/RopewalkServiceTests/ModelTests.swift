import FoundationEssentials
import MicroHTTP
import Testing

@testable import RopewalkService

/// The catalog of models, and requests that name one.
@Suite struct ModelTests {
    private func answer(_ body: String) throws -> JSON {
        let response = answering("POST", "/rope/apply", body: Data(body.utf8))
        try #require(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
        return try JSON(response.body)
    }

    @Test func `at least fifty models are known, by names as their repositories have them`() throws {
        let models = ModelCatalog.builtIn.all
        #expect(models.count >= 50)
        #expect(models.map(\.name) == models.map(\.name).sorted())
        for name in ModelCatalog.builtIn.names {
            #expect(
                name.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
                }, "\(name)")
        }
        for name in ["llama-3.1-8b", "mistral-7b-v0.3", "qwen2.5-7b", "deepseek-v3", "gpt-oss-20b"] {
            #expect(ModelCatalog.builtIn[name] != nil)
        }
        #expect(ModelCatalog.builtIn["llama-3.1-8b-instruct"]?.name == "llama-3.1-8b")
    }

    @Test func `each model is listed, described and consistent`() throws {
        let list = try JSON(answering("GET", "/models").body)["models"].elements
        #expect(list.map { $0["name"].string } == ModelCatalog.builtIn.all.map(\.name))
        for model in ModelCatalog.builtIn.all {
            let response = answering("GET", "/models/\(model.name)")
            #expect(response.status == 200)
            let answer = try JSON(response.body)
            #expect(answer["name"].string == model.name && answer["source"].string?.isEmpty == false)
            let ropes = model.layerTypes.isEmpty ? [answer["rope"]] : model.layerTypes.map { answer["layers"][$0] }
            for (type, rope) in zip(model.layerTypes.isEmpty ? [nil] : model.layerTypes.map(\.self), ropes) {
                let dimension = try #require(rope["dim"].number)
                #expect(dimension.truncatingRemainder(dividingBy: 2) == 0 && rope["base"].number != nil)
                // The same by name, in a query.
                let layer = (type as String?).map { "&layer_type=\($0)" } ?? ""
                let frequencies = answering("GET", "/frequencies?model=\(model.name)\(layer)")
                #expect(frequencies.status == 200)
                #expect(try JSON(frequencies.body)["rope"] == rope)
            }
        }
        #expect(answering("GET", "/models/llama-3.1-8c").status == 404)
    }

    @Test func `fields beside a model win, a scaling as a whole`() throws {
        let x = "[[" + Array(repeating: "1", count: 128).joined(separator: ",") + "]]"
        let plain = try answer(#"{"x":\#(x),"model":"llama-3.1-8b"}"#)["rope"]
        #expect(plain["rope_type"].string == "llama3" && plain["layout"].string == "half")
        #expect(plain["model"].string == "llama-3.1-8b" && plain["base"].number == 500_000)
        let other = try answer(
            #"{"x":\#(x),"model":"llama-3.1-8b","base":100,"layout":"interleaved","scaling":{"rope_type":"linear","factor":2}}"#
        )["rope"]
        #expect(other["rope_type"].string == "linear" && other["base"].number == 100)
        #expect(other["layout"].string == "interleaved" && other["scaling"]["factor"].number == 2)
    }

    @Test(arguments: [
        (#"{"x":[[1,0]],"model":"llama-3.1-8b"}"#, "shape-mismatch /x"),
        (#"{"x":[[1,0]],"model":"nobody"}"#, "unknown-value /model"),
        (#"{"x":[[1,0]],"model":3}"#, "wrong-type /model"),
        (#"{"x":[[1,0]],"model":"gemma-3-4b-it"}"#, "missing-field /layer_type"),
        (#"{"x":[[1,0]],"model":"gemma-3-4b-it","layer_type":"global"}"#, "unknown-value /layer_type"),
        (#"{"x":[[1,0]],"model":"llama-3.1-8b","config":{}}"#, "contradiction /config"),
        (#"{"x":[[1,0]],"layer_type":"full_attention"}"#, "contradiction /layer_type"),
    ])
    func `what does not go with a model is refused in its place`(body: String, summary: String) throws {
        let response = answering("POST", "/rope/apply", body: Data(body.utf8))
        #expect(response.status == 422)
        #expect(try ProblemDocument(response.body).summary == summary)
    }

    @Test func `the rotary part of a head is fine alone, and a whole head keeps the rest`() throws {
        let ones = { (count: Int) in "[[" + Array(repeating: "1", count: count).joined(separator: ",") + "]]" }
        let part = try answer(#"{"x":\#(ones(64)),"positions":[3],"model":"deepseek-v3"}"#)
        #expect(part["rope"]["dim"].number == 64 && part["rope"]["rotary_dim"].number == 64)
        let whole = try answer(#"{"x":\#(ones(192)),"positions":[3],"model":"deepseek-v3"}"#)
        #expect(whole["rope"]["rotary_start"].number == 128 && whole["rope"]["output_layout"].string == "half")
        let (y, rotated) = (whole["y"].elements[0].elements, part["y"].elements[0].elements)
        #expect(y[..<128].allSatisfy { $0 == .number(1) } && Array(y[128...]) == rotated)
    }

    @Test func `attention takes the model's own scale`() throws {
        let ones = "[" + Array(repeating: "1", count: 128).joined(separator: ",") + "]"
        let twos = "[" + Array(repeating: "2", count: 128).joined(separator: ",") + "]"
        func weights(_ more: String) throws -> JSON {
            let text =
                #"{"query":[\#(ones)],"key":[\#(ones),\#(twos)],"value":[[1],[2]],"return_weights":true\#(more)}"#
            return try JSON(answering("POST", "/attention", body: Data(text.utf8)).body)["weights"]
        }
        let own = try weights(#","model":"granite-3.3-8b-instruct""#)
        #expect(own != .null)
        #expect(try own == weights(#","base":1e7,"layout":"half","scale":0.0078125"#))
        #expect(try own != weights(#","model":"granite-3.3-8b-instruct","scale":0.1"#))
    }

    @Test func `a file adds models, and goes before those of the same name`() throws {
        let file =
            #"{"own":{"aliases":["mine"],"config":{"model_type":"llama","head_dim":4},"source":"me"},"phi-2":{"config":{"model_type":"llama","head_dim":6},"source":"me"}}"#
        let models = try ModelCatalog.builtIn.adding(ModelCatalog(Data(file.utf8)))
        #expect(models["mine"]?.name == "own" && models["phi-2"]?.source == "me" && models["phi-4"] != nil)
        #expect(models.all.count == ModelCatalog.builtIn.all.count + 1)
    }

    @Test(arguments: [
        (#"{"a":{"config":{"model_type":"llama"},"source":"me"}}"#, "/a/config"),
        (#"{"a":{"config":{"model_type":"llama","head_dim":4}}}"#, "/a/source"),
        (#"{"a":{"config":{"model_type":"nothing","head_dim":4},"source":"me"}}"#, "/a/config/model_type"),
        (#"{"a":{"configs":{},"source":"me"}}"#, "/a/configs"), ("[]", ""),
        (
            #"{"a":{"aliases":["b"],"config":{"model_type":"llama","head_dim":4},"source":"me"},"b":{"config":{"model_type":"llama","head_dim":4},"source":"me"}}"#,
            "/b"
        ),
    ])
    func `a file that makes no sense is told so with its place`(file: String, place: String) {
        let error = #expect(throws: (any Error).self) { try ModelCatalog(Data(file.utf8)) }
        #expect(error.map { ModelCatalog.reason(for: $0) }?.hasPrefix(place) == true)
    }

    /// DeepSeek's code reads neighbours and writes halves, so that keys in a cache are halves.
    @Test(arguments: ["deepseek-v3", "kimi-k2-instruct", "llama-3.1-8b"])
    func `what a model has turned moves on, and back, in the layout that it was written in`(model: String) throws {
        let dim = model == "llama-3.1-8b" ? 128 : 192
        let x = (0..<dim).map { Double($0 % 17) - 8 }
        func row(_ body: String, _ route: String) throws -> [Double] {
            let response = try LiveService().post(route, #"{\#(body),"model":"\#(model)","dtype":"float64"}"#)
            try #require(response.status == 200, "\(response.text)")
            return try JSON(response.json)["y"].elements[0].elements.compactMap(\.number)
        }
        let turned = try row(#""x":[\#(x)],"offset":5"#, "/rope/apply")
        let further = try row(#""x":[\#(x)],"offset":15"#, "/rope/apply")
        let moved = try row(#""x":[\#(turned)],"by":10"#, "/rope/shift")
        let back = try row(#""x":[\#(turned)],"offset":5,"inverse":true"#, "/rope/apply")
        // Two turns, and angles of at most 15 rad: each off by a few ulp of a pair of at most 8√2.
        for (one, other) in zip(moved + back, further + x) { #expect(abs(one - other) < 64 * 0x1p-53 * 12) }
    }

    @Test func `rotary_dim of a model that turns the last part leaves it at the end`() throws {
        let x = Array(repeating: "1", count: 192).joined(separator: ",")
        let named = try LiveService().apply(#"{"x":[[\#(x)]],"model":"deepseek-v3","offset":5}"#)
        let given = try LiveService().apply(#"{"x":[[\#(x)]],"model":"deepseek-v3","offset":5,"rotary_dim":64}"#)
        #expect(try JSON(given.json)["y"] == JSON(named.json)["y"])
    }

    @Test func `a type of layer that a model does not tell apart is warned of`() throws {
        let x = Array(repeating: "1", count: 128).joined(separator: ",")
        let answer = try LiveService().apply(#"{"x":[[\#(x)]],"model":"smollm3-3b","layer_type":"nope"}"#)
        let warnings = try JSON(answer.json)["warnings"].elements.compactMap(\.string)
        #expect(warnings.contains { $0.hasPrefix("layer_type has no effect") })
    }

    @Test(arguments: [
        (#"{"a/b":{"config":{"model_type":"llama","head_dim":4},"source":"s"}}"#, "a model's name is a part of a path"),
        (#"{"m":{"config":{"model_type":"llama","head_dim":5},"source":"s"}}"#, "must be even"),
        (#"{"m":{"config":{"model_type":"llama","head_dim":4,"rope_theta":1e40},"source":"s"}}"#, "base must be from"),
        (
            #"{"m":{"config":{"model_type":"qwen2_vl","head_dim":4,"rope_scaling":{"mrope_section":[9,9,9]}},"source":"s"}}"#,
            "mrope_section has 27"
        ),
    ])
    func `a file with a model that could never turn anything is not taken`(file: String, reason: String) throws {
        do {
            _ = try ModelCatalog(Data(file.utf8))
            Issue.record("it was taken")
        } catch {
            #expect(ModelCatalog.reason(for: error).contains(reason), "\(ModelCatalog.reason(for: error))")
        }
    }

    @Test func `a model of an unknown type names its layout`() throws {
        let file = #"{"mine":{"config":{"model_type":"mine","head_dim":4},"layout":"half","source":"s"}}"#
        #expect(try ModelCatalog(Data(file.utf8))["mine"]?.config(layerType: nil)?.layout == .half)
    }
}
