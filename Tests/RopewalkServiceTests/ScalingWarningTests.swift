import Testing

/// What of a scaling is legal and has no effect, or not the one that was meant.
@Suite struct ScalingWarningTests {
    private static let yarn = #""rope_type":"yarn","factor":2,"original_max_position_embeddings":8"#
    private static let alone = 1.0693147180559945

    @Test(
        arguments: [
            (#"{\#(yarn),"mscale":0.7}"#, ["mscale has no effect without mscale_all_dim"], alone),
            (#"{\#(yarn),"mscale_all_dim":0.7}"#, ["mscale_all_dim has no effect without mscale"], alone),
            (
                #"{\#(yarn),"mscale":0,"mscale_all_dim":1}"#,
                ["mscale of 0 counts as absent", "mscale_all_dim has no effect without mscale"], alone
            ),
            (#"{\#(yarn),"mscale":1,"mscale_all_dim":1}"#, [], 1),
            (
                #"{\#(yarn),"attention_factor":1.5,"mscale":1,"mscale_all_dim":1}"#,
                [
                    "mscale has no effect: attention_factor is given",
                    "mscale_all_dim has no effect: attention_factor is given",
                ], 1.5
            ),
            (#"{\#(yarn),"beta_fast":0,"beta_slow":0}"#, ["beta_fast of 0 counts", "beta_slow of 0 counts"], alone),
            (#"{\#(yarn),"alpha":2}"#, [#"alpha has no effect: rope_type "yarn" does not use it"#], alone),
            (
                #"{"rope_type":"yarn","factor":2,"max_position_embeddings":8}"#,
                ["original_max_position_embeddings is missing, and max_position_embeddings, 8, stands in for it"], alone
            ),
            (
                #"{"rope_type":"default","factor":2}"#, [#"factor has no effect: rope_type "default" does not use it"#],
                1
            ),
            (#"{"type":"mrope","mrope_section":[1,1,0]}"#, [], 1),
            (#"{"mrope_interleaved":true}"#, ["mrope_interleaved has no effect without mrope_section"], 1),
            (#"{"rope_type":"dynamic","alpha":2}"#, [#"rope_type "dynamic" with alpha is read as Hunyuan's"#], 1),
            (#"{"rope_type":"linear","factor":2,"max_position_embeddings":8}"#, [], 1),
        ] as [(String, [String], Double)])
    func `a key without effect is warned of, and has none`(
        _ scaling: String, _ warnings: [String], _ attentionFactor: Double
    ) throws {
        let response = try LiveService().apply(#"{"x":[[1,2,3,4]],"layout":"half","scaling":\#(scaling)}"#)
        try #require(response.status == 200, "\(response.text)")
        let answer = try JSON(response.json)
        let found = answer["warnings"].elements.compactMap(\.string)
        #expect(found.count == warnings.count, "\(found)")
        for (one, warning) in zip(found, warnings) { #expect(one.hasPrefix(warning)) }
        #expect(answer["rope"]["attention_factor"].number == attentionFactor)
    }

    @Test(arguments: [
        (#"{\#(yarn)}"#, true), (#"{"rope_type":"linear","factor":2}"#, false), (#"{"rope_type":"default"}"#, false),
        (#"{"rope_type":"ntk","factor":2}"#, true),
    ])
    func `a scaling without a layout is warned of, but for default and linear`(_ scaling: String, _ isWarned: Bool)
        throws
    {
        let service = try LiveService()
        let bodies = [
            ("/rope/apply", #"{"x":[[1,2,3,4]],"scaling":\#(scaling)"#),
            ("/attention", #"{"query":[[1,2,3,4]],"key":[[1,2,3,4]],"value":[[1]],"scaling":\#(scaling)"#),
        ]
        for (path, body) in bodies {
            let text = try service.post(path, body + "}").text
            #expect(text.contains("name the layout") == isWarned, "\(text)")
            for layout in ["half", "interleaved"] {
                #expect(!(try service.post(path, body + #","layout":"\#(layout)"}"#).text.contains("warnings")))
            }
        }
    }

    @Test func `the ladder has no layout to warn of`() throws {
        let text = try LiveService().get("/frequencies?dim=4&rope_type=ntk&factor=2").text
        #expect(!text.contains("warnings"))
    }

    @Test(arguments: [
        ("linear&factor=2", true), ("yarn&factor=2&original_max_position_embeddings=8", true),
        ("dynamic&factor=2&max_position_embeddings=8", false),
        ("longrope&factor=2&original_max_position_embeddings=8&short_factor=1,1&long_factor=1,1", false),
    ])
    func `seq_len is warned of where the ladder does not depend on it`(_ type: String, _ isWarned: Bool) throws {
        let text = try LiveService().get("/frequencies?dim=4&seq_len=16&rope_type=\(type)").text
        #expect(text.contains(#"["seq_len has no effect: rope_type"#) == isWarned, "\(text)")
    }
}
