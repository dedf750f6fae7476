import Testing

/// Ladders that depend on the length of a sequence.
@Suite struct SequenceLengthTests {
    private static let dynamic =
        #""layout":"half","scaling":{"rope_type":"dynamic","factor":2,"max_position_embeddings":4}"#
    private static let longRope =
        #""layout":"half","scaling":{"rope_type":"longrope","short_factor":[1,1],"long_factor":[2,4],"factor":4,"original_max_position_embeddings":4}"#

    private func rope(_ path: String, _ body: String) throws -> JSON {
        let response = try LiveService().post(path, body)
        try #require(response.status == 200, "\(response.text)")
        return try JSON(response.json)["rope"]
    }

    private func y(_ body: String) throws -> JSON {
        let response = try LiveService().apply(body)
        try #require(response.status == 200, "\(response.text)")
        return try JSON(response.json)["y"]
    }

    // At dim 4 the exponent is 2, and lengths of 4, 5 and 8 make bases of 10 000 · 1, · 1.5² and · 3².
    @Test(arguments: [
        (#""positions":[3]"#, 10_000.0), (#""positions":[4]"#, 22_500), (#""positions":[3.25]"#, 22_500),
        (#""positions":[7]"#, 90_000), (#""positions":[-9]"#, 10_000), (#""positions":[0],"seq_len":8"#, 90_000),
        (#""positions":[7],"seq_len":4"#, 10_000),
    ])
    func `the base grows with the largest position, or with seq_len`(_ fields: String, _ base: Double) throws {
        let rope = try rope("/rope/apply", #"{"x":[[1,2,3,4]],\#(fields),\#(Self.dynamic)}"#)
        #expect(rope["effective_base"] == .number(base) && rope["base"] == .number(10_000))
    }

    @Test(arguments: [
        (#""positions":[3]"#, "short"), (#""positions":[4]"#, "long"), (#""positions":[3.5]"#, "long"),
        (#""positions":[0],"seq_len":4"#, "short"), (#""positions":[0],"seq_len":5"#, "long"),
        (#""positions":[9],"seq_len":4"#, "short"),
    ])
    func `longer factors are those of lengths strictly greater than the original one`(
        _ fields: String, _ factors: String
    ) throws {
        let rope = try rope("/rope/apply", #"{"x":[[1,2,3,4]],\#(fields),\#(Self.longRope)}"#)
        #expect(rope["factors"] == .string(factors))
    }

    @Test(arguments: [
        (dynamic, "effective_base", [JSON.number(10_000), .number(90_000)]),
        (longRope, "factors", [.string("short"), .string("long")]),
    ])
    func `each batch has the ladder of its own length, and is turned as it would be alone`(
        _ scaling: String, _ name: String, _ values: [JSON]
    ) throws {
        let body = #"{"x":[[[1,2,3,4]],[[1,2,3,4]]],"positions":[[3],[7]],\#(scaling)}"#
        #expect(try rope("/rope/apply", body)[name] == .array(values))
        let alone = try [3, 7].map { position in
            try y(#"{"x":[[1,2,3,4]],"positions":[\#(position)],\#(scaling)}"#)
        }
        #expect(try y(body) == .array(alone))
        #expect(try rope("/rope/apply", body.replacing("[7]", with: "[2]"))[name] == values[0])
    }

    @Test(arguments: [(dynamic, "effective_base", JSON.number(90_000)), (longRope, "factors", .string("long"))])
    func `in attention the length is that of queries and keys together`(
        _ scaling: String, _ name: String, _ value: JSON
    ) throws {
        let tensors = #""query":[[1,2,3,4]],"key":[[1,2,3,4]],"value":[[1]]"#
        for positions in [
            #""query_positions":[7],"key_positions":[0]"#, #""query_positions":[0],"key_positions":[7]"#,
        ] {
            #expect(try rope("/attention", "{\(tensors),\(positions),\(scaling)}")[name] == value)
        }
    }

    @Test func `in attention each batch has a length of its own`() throws {
        let row = "[[[[1,2,3,4]]],[[[1,2,3,4]]]]"
        let rope = try rope(
            "/attention",
            #"{"query":\#(row),"key":\#(row),"value":[[[[1]]],[[[1]]]],"query_positions":[[3],[0]],"key_positions":[[0],[7]],\#(Self.dynamic)}"#
        )
        #expect(rope["effective_base"] == .array([.number(10_000), .number(90_000)]))
    }

    @Test(arguments: [
        ("", 10_000.0), ("&positions=0:8", 90_000), ("&seq_len=8", 90_000), ("&positions=0:8&seq_len=4", 10_000),
    ])
    func `without positions the ladder is that of the original length`(_ query: String, _ base: Double) throws {
        let text = try LiveService().get(
            "/frequencies?dim=4&rope_type=dynamic&factor=2&max_position_embeddings=4\(query)"
        ).json
        #expect(try JSON(text)["rope"]["effective_base"] == .number(base))
    }

    @Test func `a service remembers no length`() throws {
        let service = try LiveService()
        let short = #"{"x":[[1,2,3,4]],"positions":[3],\#(Self.dynamic)}"#
        let before = try service.apply(short).body
        _ = try service.apply(#"{"x":[[1,2,3,4]],"positions":[16384],\#(Self.dynamic)}"#)
        #expect(try service.apply(short).body == before)
    }
}
