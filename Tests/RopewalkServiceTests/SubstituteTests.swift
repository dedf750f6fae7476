import TestSupport
import Testing

/// `inv_freq`, and `cos` with `sin`, in place of the ladder.
@Suite struct SubstituteTests {
    private func answer(_ body: String, _ route: String = "/rope/apply") throws -> RawHTTPResponse {
        try LiveService().post(route, body)
    }

    private func y(_ body: String) throws -> [[Double]] {
        let response = try answer(body)
        try #require(response.status == 200, "\(response.text)")
        return try JSON(response.json)["y"].elements.map { $0.elements.compactMap(\.number) }
    }

    @Test(arguments: ["float32", "float64"])
    func `a table from /frequencies gives the ladder's answer, digit for digit`(dtype: String) throws {
        let service = try LiveService()
        let ladder = try service.get("/frequencies?dim=8&base=300&positions=0:40")
        let (cosines, sines) = try (member("cos", ladder.text), member("sin", ladder.text))
        let x = #""x":[[1,2,3,4,5,6,7,8],[0.1,-0.2,0.3,-0.4,0.5,-0.6,0.7,-0.8]],"dtype":"\#(dtype)","layout":"half""#
        for positions in [#""positions":[39,7]"#, #""offset":12"#, #""inverse":false"#] {
            let expected = try y(#"{\#(x),"base":300,\#(positions)}"#)
            #expect(try y(#"{\#(x),"cos":\#(cosines),"sin":\#(sines),\#(positions)}"#) == expected)
            let frequencies = try member("inv_freq", ladder.text)
            #expect(try y(#"{\#(x),"inv_freq":\#(frequencies),\#(positions)}"#) == expected)
        }
    }

    /// A member of an answer that is an array, as it stands there.
    private func member(_ name: String, _ text: String) throws -> String {
        let start = try #require(text.firstRange(of: "\"\(name)\":")).upperBound
        var depth = 0
        let end = try #require(
            text[start...].firstIndex { character in
                depth += character == "[" ? 1 : character == "]" ? -1 : 0
                return depth == 0
            })
        return String(text[start...end])
    }

    @Test func `tables are used as they are, one row a row or by position`() throws {
        let tables = #""cos":[[0.5],[2]],"sin":[[1],[0]]"#
        #expect(try y(#"{"x":[[1,0],[1,0]],\#(tables)}"#) == [[0.5, 1], [2, 0]])
        #expect(try y(#"{"x":[[1,0],[1,0]],\#(tables),"positions":[1,1]}"#) == [[2, 0], [2, 0]])
        #expect(try y(#"{"x":[[1,0]],\#(tables),"offset":1}"#) == [[2, 0]])
        #expect(try y(#"{"x":[[1,0],[1,0]],\#(tables),"inverse":true}"#) == [[0.4, -0.8], [0.5, 0]])
        #expect(try y(#"{"x":[[7,1,0]],\#(tables),"rotary_dim":2,"rotary_start":1}"#) == [[7, 0.5, 1]])
        // A zero row that no position names does no harm.
        #expect(
            try y(#"{"x":[[1,0]],"cos":[[0],[2]],"sin":[[0],[0]],"positions":[1],"inverse":true}"#) == [[0.5, 0]])
    }

    @Test func `an answer says that there is no base`() throws {
        let rope = try JSON(answer(#"{"x":[[1,0]],"cos":[[1]],"sin":[[0]]}"#).json)["rope"]
        #expect(rope["ladder"] == .string("cos_sin") && rope.names.contains("base") && rope["base"] == .null)
        let ladder = try JSON(LiveService().get("/frequencies?dim=4&inv_freq=1,-0.5&positions=1").json)
        #expect(ladder["rope"]["ladder"] == .string("inv_freq") && ladder["base"] == .null)
        #expect(ladder["inv_freq"].elements.compactMap(\.number) == [1, -0.5])
        #expect(ladder["wavelengths"].elements.compactMap(\.number) == [2 * .pi, 4 * .pi])
        #expect(ladder["sin"].elements[0].elements.compactMap(\.number) == [0.8414709848078965, -0.479425538604203])
    }

    @Test func `a pair that turns backwards turns as often as one that turns forwards`() throws {
        let query = "/frequencies?dim=2&rope_type=default&max_position_embeddings=8&inv_freq="
        let turns = try ["0.5", "-0.5"].map { try JSON(LiveService().get(query + $0).json)["turns_original"] }
        #expect(turns[0].elements.count == 1 && turns[0] == turns[1])
    }

    @Test func `inverse frequencies win over a model's ladder and leave it its layout and attention factor`() throws {
        let list = Array(repeating: "0.5", count: 32).joined(separator: ",")
        let x = (0..<64).map(String.init).joined(separator: ",")
        let rope = try JSON(answer(#"{"x":[[\#(x)]],"model":"gpt-oss-20b","inv_freq":[\#(list)]}"#).json)["rope"]
        #expect(rope["layout"] == .string("half") && rope["ladder"] == .string("inv_freq"))
        #expect(rope["attention_factor"].number == 1.3465735902799727 && rope["scaling"] == .null)
    }

    @Test(arguments: [
        "base", "rope_theta", "scaling", "model", "config", "inv_freq", "seq_len",
    ])
    func `tables beside a field of the ladder are refused`(name: String) throws {
        let value =
            switch name {
            case "scaling": #"{"rope_type":"default"}"#
            case "model": #""llama-3.1-8b""#
            case "config": #"{"model_type":"llama"}"#
            case "inv_freq": "[1]"
            default: "2"
            }
        for route in ["/rope/apply", "/rope/shift"] {
            let by = route == "/rope/shift" ? #","by":0"# : ""
            let problem = try ProblemDocument(
                answer(#"{"x":[[1,0]],"cos":[[1]],"sin":[[0]],"\#(name)":\#(value)\#(by)}"#, route))
            #expect(["contradiction /cos", "contradiction /config"].contains(problem.summary))
        }
    }

    @Test(arguments: [
        (#"{"x":[[1,0]],"cos":[[1]]}"#, "missing-field /sin"),
        (#"{"x":[[1,0]],"sin":[[1]]}"#, "missing-field /cos"),
        (#"{"x":[[1,0]],"cos":[1],"sin":[0]}"#, "wrong-type /cos"),
        (#"{"x":[[1,0]],"cos":[[[1]]],"sin":[[[0]]]}"#, "wrong-type /cos"),
        (#"{"x":[[1,0]],"cos":1,"sin":0}"#, "wrong-type /cos"),
        (#"{"x":[[1,0]],"cos":[[1],[1]],"sin":[[0]]}"#, "shape-mismatch /sin"),
        (#"{"x":[[1,0]],"cos":[[1,1]],"sin":[[0,0]]}"#, "shape-mismatch /cos"),
        (#"{"x":[[1,0]],"cos":[[1]],"sin":[["0"]]}"#, "wrong-type /sin/0/0"),
        (#"{"x":[[1,0],[1,0]],"cos":[[1]],"sin":[[0]]}"#, "out-of-range /cos"),
        (#"{"x":[[1,0]],"cos":[[1]],"sin":[[0]],"offset":1}"#, "out-of-range /offset"),
        (#"{"x":[[1,0]],"cos":[[1]],"sin":[[0]],"offset":0.5}"#, "contradiction /offset"),
        (#"{"x":[[1,0]],"cos":[[1]],"sin":[[0]],"positions":[-1]}"#, "out-of-range /positions/0"),
        (#"{"x":[[1,0]],"cos":[[1]],"sin":[[0]],"positions":[0.5]}"#, "contradiction /positions/0"),
        (#"{"x":[1,0],"cos":[[1]],"sin":[[0]],"positions":3}"#, "out-of-range /positions"),
        (#"{"x":[[[1,0]],[[1,0]]],"cos":[[1]],"sin":[[0]],"positions":[[0],[2]]}"#, "out-of-range /positions/1/0"),
        (#"{"x":[[[1,0],[1,0]]],"cos":[[1]],"sin":[[0]],"positions":[[0,5]]}"#, "out-of-range /positions/0/1"),
        (#"{"x":[[1,0]],"cos":[[0]],"sin":[[0]],"inverse":true}"#, "out-of-range /cos/0/0"),
        (#"{"x":[[1,0]],"inv_freq":[1,2]}"#, "shape-mismatch /inv_freq"),
        (#"{"x":[[1,0]],"inv_freq":[]}"#, "empty-tensor /inv_freq"),
        (#"{"x":[[1,0]],"inv_freq":1}"#, "wrong-type /inv_freq"),
        (#"{"x":[[1,0]],"inv_freq":[1],"base":2}"#, "contradiction /inv_freq"),
        (#"{"x":[[1,0]],"inv_freq":[1],"rope_theta":2}"#, "contradiction /inv_freq"),
        (#"{"x":[[1,0]],"inv_freq":[1],"scaling":{"rope_type":"linear","factor":2}}"#, "contradiction /inv_freq"),
        (
            #"{"x":[[1,0]],"inv_freq":[1],"scaling":{"rope_type":"default","rope_theta":2}}"#,
            "contradiction /scaling/rope_theta"
        ),
    ])
    func `what does not go together is refused in its place`(_ body: String, _ summary: String) throws {
        #expect(try ProblemDocument(answer(body)).summary == summary)
    }

    @Test func `attention turns queries and keys by tables`() throws {
        let tensors = #""query":[[1,0]],"key":[[1,0],[0,1]],"value":[[1,2],[3,4]]"#
        let tables = #""cos":[[1],[0.5403023058681398]],"sin":[[0],[0.8414709848078965]]"#
        let ladder = try JSON(answer("{\(tensors)}", "/attention").json)
        let explicit = try JSON(answer("{\(tensors),\(tables)}", "/attention").json)
        #expect(explicit["output"] == ladder["output"] && explicit["rope"]["ladder"] == .string("cos_sin"))
        let short = #""cos":[[1]],"sin":[[0]]"#
        #expect(try ProblemDocument(answer("{\(tensors),\(short)}", "/attention")).summary == "out-of-range /cos")
        #expect(
            try ProblemDocument(answer(#"{\#(tensors),\#(tables),"key_positions":[0,3]}"#, "/attention")).summary
                == "out-of-range /key_positions/1")
        #expect(
            try ProblemDocument(answer(#"{\#(tensors),\#(tables),"rotate":false}"#, "/attention")).summary
                == "contradiction /cos")
    }

    @Test func `a distance that tables do not have is refused where it stands`() throws {
        let body = #""x":[[1,0]],"cos":[[1]],"sin":[[0]]"#
        for (by, place) in [("-1", "/by"), ("[-1]", "/by/0")] {
            #expect(
                try ProblemDocument(answer(#"{\#(body),"by":\#(by)}"#, "/rope/shift")).summary
                    == "out-of-range \(place)")
        }
    }

    @Test func `what has no effect beside them is said`() throws {
        let tables = try JSON(answer(#"{"x":[[1,0]],"cos":[[1]],"sin":[[0]],"precision":"float32"}"#).json)
        #expect(tables["warnings"].elements == [.string("precision has no effect: cos and sin are used as they are")])
        let list = try JSON(answer(#"{"x":[[1,0]],"inv_freq":[1],"seq_len":9}"#).json)
        #expect(
            list["warnings"].elements == [.string("seq_len has no effect: inv_freq is the ladder for every length")])
    }
}
