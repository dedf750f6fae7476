import TestSupport
import Testing

/// Positions with several axes, as clients write them.
@Suite struct MultiAxisTests {
    private func answer(_ body: String, _ route: String = "/rope/apply") throws -> RawHTTPResponse {
        try LiveService().post(route, body)
    }

    /// `mrope` turns three pairs by time, height and width, at 1 rad per position each.
    private static let mrope = #""base":1,"scaling":{"rope_type":"default","mrope_section":[1,1,1]}"#
    private static let x = #""x":[[1,0,1,0,1,0]]"#

    @Test(arguments: [
        #"{\#(x),\#(mrope),"positions":[[1],[2],[3]]}"#,
        #"{"x":[1,0,1,0,1,0],\#(mrope),"positions":[1,2,3]}"#,
        #"{"x":[[[1,0,1,0,1,0]]],\#(mrope),"positions":[[[1]],[[2]],[[3]]]}"#,
        #"{"x":[[[1,0,1,0,1,0]]],\#(mrope),"positions":[[1],[2],[3]]}"#,
        #"{\#(x),"base":1,"scaling":{"mrope_section":[1,1,1],"mrope_interleaved":true},"positions":[[1],[2],[3]]}"#,
        #"{\#(x),"base":1,"scaling":{"axes":"THW"},"positions":[[1],[2],[3]]}"#,
        #"{\#(x),"inv_freq":[1,1,1],"scaling":{"axes":"THW"},"positions":[[1],[2],[3]]}"#,
        #"{\#(x),"config":{"model_type":"qwen2_vl","head_dim":6,"rope_theta":1,"rope_scaling":{"type":"mrope","mrope_section":[1,1,1]}},"layout":"interleaved","positions":[[1],[2],[3]]}"#,
    ])
    func `time, height and width turn the pairs that are theirs`(_ body: String) throws {
        let response = try answer(body)
        try #require(response.status == 200, "\(response.text)")
        let document = try JSON(response.json)
        #expect(response.text.contains("0.5403023,0.84147096,-0.41614684,0.9092974,-0.9899925,0.14112]"))
        #expect(document["rope"]["axes"] == .string("THW") && document["warnings"] == .null)
    }

    @Test func `a flat list, an offset and no positions stand for the same on every axis`() throws {
        let x = #""x":[[1,2,3,4,5,6],[7,8,9,1,2,3]]"#
        for (flat, nested) in [
            (#""positions":[5,9]"#, "[[5,9],[5,9],[5,9]]"), (#""offset":3"#, "[[3,4],[3,4],[3,4]]"),
            (#""inverse":false"#, "[[0,1],[0,1],[0,1]]"),
        ] {
            let one = try answer(#"{\#(x),\#(Self.mrope),\#(flat)}"#)
            let several = try answer(#"{\#(x),\#(Self.mrope),"positions":\#(nested)}"#)
            #expect(one.status == 200 && one.text == several.text)
        }
    }

    @Test(arguments: [
        (#"{\#(x),\#(mrope),"positions":[[1],[2]]}"#, "shape-mismatch /positions"),
        (#"{\#(x),\#(mrope),"positions":[[1,2],[2,3],[3,4]]}"#, "shape-mismatch /positions/0"),
        (#"{\#(x),\#(mrope),"positions":[[1],[2],[1e300]]}"#, "out-of-range /positions/2/0"),
        (#"{\#(x),\#(mrope),"positions":[[[1]],[[2]],[[3]]]}"#, "shape-mismatch /positions/0"),
        (
            #"{"x":[[[1,0,1,0,1,0]]],\#(mrope),"positions":[[[1],[1]],[[2],[1]],[[3],[1]]]}"#,
            "shape-mismatch /positions/0"
        ),
        (#"{"x":[[[1,0,1,0,1,0]]],\#(mrope),"positions":[[[1,2]],[[2,1]],[[3,1]]]}"#, "shape-mismatch /positions/0/0"),
        (#"{"x":[1,0,1,0,1,0],\#(mrope),"positions":[1,2]}"#, "shape-mismatch /positions"),
        (#"{"x":[1,0,1,0,1,0],\#(mrope),"positions":[1,2,1e300]}"#, "out-of-range /positions/2"),
        (#"{\#(x),"positions":[[[1]]]}"#, "shape-mismatch /positions"),
        (#"{\#(x),"scaling":{"mrope_section":[1,1,2]}}"#, "shape-mismatch /scaling/mrope_section"),
        (#"{\#(x),"scaling":{"mrope_section":[1,2]}}"#, "out-of-range /scaling/mrope_section"),
        (#"{\#(x),"scaling":{"mrope_section":[1,2.5,1]}}"#, "out-of-range /scaling/mrope_section"),
        (#"{\#(x),"scaling":{"mrope_section":[3,1,-1]}}"#, "out-of-range /scaling/mrope_section"),
        (#"{\#(x),"scaling":{"mrope_section":3}}"#, "wrong-type /scaling/mrope_section"),
        (
            #"{\#(x),"scaling":{"mrope_section":[1,0,2],"mrope_interleaved":true}}"#,
            "shape-mismatch /scaling/mrope_section"
        ),
        (
            #"{\#(x),"scaling":{"mrope_section":[1,1,1],"mrope_interleaved":1}}"#,
            "wrong-type /scaling/mrope_interleaved"
        ),
        (#"{\#(x),"scaling":{"axes":"TH"}}"#, "shape-mismatch /scaling/axes"),
        (#"{\#(x),"scaling":{"axes":"TXY"}}"#, "unknown-value /scaling/axes"),
        (#"{\#(x),"scaling":{"axes":""}}"#, "unknown-value /scaling/axes"),
        (#"{\#(x),"scaling":{"axes":2}}"#, "wrong-type /scaling/axes"),
        (#"{\#(x),"scaling":{"axes":"pixtral"}}"#, "shape-mismatch /scaling/axes"),
        (#"{\#(x),"scaling":{"axes":"THW","mrope_section":[1,1,1]}}"#, "contradiction /scaling/axes"),
    ])
    func `what does not fit the axes is refused in its place`(_ body: String, _ summary: String) throws {
        #expect(try ProblemDocument(answer(body)).summary == summary)
    }

    @Test func `one vector has a number for each axis, alone or in a list`() throws {
        let x = #""x":[1,0,1,0,1,0],\#(Self.mrope)"#
        let turned = try answer(#"{\#(x),"positions":[1,2,3]}"#).text
        #expect(try answer(#"{\#(x),"positions":[[1],[2],[3]]}"#).text == turned)
        for by in ["[1,2,3]", "[[1],[2],[3]]"] {
            #expect(try answer(#"{\#(x),"by":\#(by)}"#, "/rope/shift").text == turned)
        }
    }

    @Test func `a scaling beside a model with several axes says that it takes them away`() throws {
        let x = "[" + Array(repeating: "1", count: 128).joined(separator: ",") + "]"
        let yarn = #"{"rope_type":"yarn","factor":4,"original_max_position_embeddings":32768}"#
        let alone = try JSON(answer(#"{"x":[\#(x)],"model":"qwen2-vl-7b","scaling":\#(yarn)}"#).json)
        #expect(alone["warnings"].elements.compactMap(\.string).contains { $0.hasPrefix("scaling stands in place") })
        let both = yarn.dropLast() + #","mrope_section":[16,24,24]}"#
        let together = try JSON(answer(#"{"x":[\#(x)],"model":"qwen2-vl-7b","scaling":\#(both)}"#).json)
        #expect(together["warnings"] == .null && together["rope"]["axes"].string?.first == "T")
    }

    @Test func `rotary_dim that does not fit a model's sections is to blame, and not the model`() throws {
        let x = "[" + Array(repeating: "1", count: 128).joined(separator: ",") + "]"
        #expect(
            try ProblemDocument(answer(#"{"x":[\#(x)],"model":"qwen2-vl-7b","rotary_dim":64}"#)).summary
                == "shape-mismatch /rotary_dim")
    }

    @Test func `with one axis causality goes by the position, as without any`() throws {
        let body =
            #""query":[[1,0],[0,1]],"key":[[1,0],[0,1]],"value":[[1],[2]],"key_positions":[5,0],"query_positions":[0,5],"causal":true"#
        let plain = try JSON(answer("{\(body)}", "/attention").json)
        let named = try JSON(answer(#"{\#(body),"scaling":{"axes":"T"}}"#, "/attention").json)
        #expect(named["output"] == plain["output"] && plain["output"].elements.count == 2)
        let nested = body.replacing("[5,0]", with: "[[5,0]]").replacing("[0,5]", with: "[[0,5]]")
        #expect(
            try JSON(answer(#"{\#(nested),"scaling":{"axes":"T"}}"#, "/attention").json)["output"] == plain["output"])
    }

    @Test func `a ladder shows the axis of each pair`() throws {
        let service = try LiveService()
        let pixtral = try JSON(service.get("/frequencies?dim=8&axes=pixtral&base=10000").json)
        #expect(pixtral["rope"]["axes"] == .string("HHWW"))
        #expect(pixtral["inv_freq"].elements.compactMap(\.number) == [1, 0.01, 0.1, 0.001])
        let qwen = try JSON(service.get("/frequencies?dim=12&mrope_section=2,2,2&mrope_interleaved=true").json)
        #expect(qwen["rope"]["axes"] == .string("THWTHW"))
        #expect(try JSON(service.get("/frequencies?dim=8").json)["rope"]["axes"] == .null)
        #expect(
            try ProblemDocument(service.get("/frequencies?dim=12&mrope_section=2,2")).summary
                == "out-of-range mrope_section")
    }

    @Test func `keys that are moved have a distance on each axis`() throws {
        let moved = try answer(#"{\#(Self.x),\#(Self.mrope),"by":[[1],[2],[3]]}"#, "/rope/shift")
        #expect(moved.text.contains("0.5403023,0.84147096,-0.41614684,0.9092974,-0.9899925,0.14112]"))
        let together = try answer(#"{\#(Self.x),\#(Self.mrope),"by":2}"#, "/rope/shift")
        #expect(together.text.contains("-0.41614684,0.9092974,-0.41614684,0.9092974,-0.41614684,0.9092974]"))
    }

    @Test func `with several axes a query sees the keys up to its own row`() throws {
        // By any axis of their positions the keys would be seen otherwise.
        let body =
            #""query":[[1,0,1,0,1,0],[1,0,1,0,1,0]],"key":[[1,0,0,0,0,0],[0,0,1,0,0,0],[0,0,0,0,1,0]],"value":[[1],[2],[3]],"#
            + #"\#(Self.mrope),"key_positions":[[9,5,1],[9,5,1],[9,5,1]],"causal":true,"return_weights":true"#
        let document = try JSON(answer("{\(body)}", "/attention").json)
        let weights = document["weights"].elements.map { $0.elements.compactMap(\.number) }
        #expect(weights.count == 2 && weights[0][2] == 0 && weights[0][0] > 0 && weights[0][1] > 0)
        #expect(weights[1].allSatisfy { $0 > 0 })
        #expect(document["rope"]["axes"] == .string("THW"))
    }

    @Test func `queries stand where the last keys do on every axis`() throws {
        let fixed = #""query":[[1,2,3,4,5,6]],"key":[[1,0,2,0,1,0],[0,1,1,0,3,1]],"value":[[1],[2]]"#
        let keys = #""key_positions":[[0,4],[1,5],[2,6]]"#
        let standard = try answer(#"{\#(fixed),\#(Self.mrope),\#(keys)}"#, "/attention")
        let named = try answer(
            #"{\#(fixed),\#(Self.mrope),\#(keys),"query_positions":[[4],[5],[6]]}"#, "/attention")
        #expect(standard.status == 200 && standard.text == named.text)
        #expect(
            try ProblemDocument(answer(#"{\#(fixed),\#(Self.mrope),"key_positions":[[0,4],[1,5]]}"#, "/attention"))
                .summary
                == "shape-mismatch /key_positions")
    }
}
