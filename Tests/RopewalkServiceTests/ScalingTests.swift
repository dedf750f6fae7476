import Testing

@testable import RopewalkService

/// The keys of scalings, in bodies and in queries.
@Suite struct ScalingTests {
    private static let yarn = #""rope_type":"yarn","factor":2,"original_max_position_embeddings":8"#
    private static let longRope = #""rope_type":"longrope","factor":2,"original_max_position_embeddings":8"#

    private func rope(_ scaling: String, _ fields: String = "") throws -> JSON {
        let response = try LiveService().apply(#"{"x":[[1,2,3,4]],"layout":"half","scaling":\#(scaling)\#(fields)}"#)
        try #require(response.status == 200, "\(scaling): \(response.text)")
        return try JSON(response.json)
    }

    @Test(arguments: [
        (#"{"rope_type":"default"}"#, "default"), (#"{"rope_type":"linear","factor":2}"#, "linear"),
        (#"{"rope_type":"dynamic","factor":2,"max_position_embeddings":8}"#, "dynamic"),
        (#"{"rope_type":"dynamic","factor":2,"original_max_position_embeddings":8}"#, "dynamic"),
        ("{\(yarn)}", "yarn"),
        (#"{"rope_type":"yarn","original_max_position_embeddings":8,"max_position_embeddings":32}"#, "yarn"),
        (#"{\#(longRope),"short_factor":[1,1],"long_factor":[2,2]}"#, "longrope"),
        (
            #"{"rope_type":"llama3","factor":2,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":8}"#,
            "llama3"
        ),
        // Llama 4's.
        (
            #"{"rope_type":"llama3","factor":16,"low_freq_factor":1,"high_freq_factor":1,"original_max_position_embeddings":8}"#,
            "llama3"
        ),
        (#"{"rope_type":"proportional"}"#, "proportional"),
        (#"{"rope_type":"proportional","partial_rotary_factor":0}"#, "proportional"),
        (#"{"rope_type":"ntk","factor":2}"#, "ntk"), (#"{"rope_type":"ntk_alpha","alpha":2}"#, "ntk_alpha"),
        (#"{"rope_type":"ntk_by_parts","factor":2,"original_max_position_embeddings":8}"#, "ntk_by_parts"),
        (#"{"rope_type":"allpass","rho":-0.5}"#, "allpass"),
        // As they were spelled before.
        (#"{"type":"linear","factor":2}"#, "linear"), (#"{"rope_type":"linear","type":"linear","factor":2}"#, "linear"),
        (
            #"{"type":"su","factor":2,"original_max_position_embeddings":8,"short_factor":[1,1],"long_factor":[2,2]}"#,
            "longrope"
        ),
        (#"{"type":"mrope","mrope_section":[1,1,0]}"#, "default"), (#"{"type":"dynamic","alpha":4}"#, "ntk_alpha"),
    ])
    func `each type is known, and by its older names too`(_ scaling: String, _ type: String) throws {
        #expect(try rope(scaling)["rope"]["rope_type"].string == type)
    }

    @Test(arguments: [
        // What is missing.
        (#"{}"#, "missing-field /scaling/rope_type"), (#"{"rope_type":"linear"}"#, "missing-field /scaling/factor"),
        (#"{"rope_type":"dynamic","factor":2}"#, "missing-field /scaling/max_position_embeddings"),
        (#"{"rope_type":"dynamic","max_position_embeddings":8}"#, "missing-field /scaling/factor"),
        (#"{"rope_type":"yarn","factor":2}"#, "missing-field /scaling/original_max_position_embeddings"),
        (#"{"rope_type":"yarn","original_max_position_embeddings":8}"#, "missing-field /scaling/factor"),
        (#"{\#(longRope),"long_factor":[1,1]}"#, "missing-field /scaling/short_factor"),
        (#"{\#(longRope),"short_factor":[1,1]}"#, "missing-field /scaling/long_factor"),
        (
            #"{"rope_type":"llama3","low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":8}"#,
            "missing-field /scaling/factor"
        ),
        (#"{"rope_type":"llama3","factor":2,"high_freq_factor":4}"#, "missing-field /scaling/low_freq_factor"),
        (#"{"rope_type":"llama3","factor":2,"low_freq_factor":1}"#, "missing-field /scaling/high_freq_factor"),
        (
            #"{"rope_type":"llama3","factor":2,"low_freq_factor":1,"high_freq_factor":4}"#,
            "missing-field /scaling/original_max_position_embeddings"
        ),
        (#"{"rope_type":"ntk"}"#, "missing-field /scaling/factor"),
        (#"{"rope_type":"ntk_alpha"}"#, "missing-field /scaling/alpha"),
        (
            #"{"rope_type":"ntk_by_parts","factor":2}"#, "missing-field /scaling/original_max_position_embeddings"
        ),
        (#"{"rope_type":"allpass"}"#, "missing-field /scaling/rho"),
        // What is out of range.
        (#"{"rope_type":"linear","factor":0}"#, "out-of-range /scaling/factor"),
        (#"{"rope_type":"linear","factor":-2}"#, "out-of-range /scaling/factor"),
        (
            #"{"rope_type":"dynamic","factor":2,"original_max_position_embeddings":0}"#,
            "out-of-range /scaling/original_max_position_embeddings"
        ),
        (
            #"{"rope_type":"linear","factor":2,"max_position_embeddings":-1}"#,
            "out-of-range /scaling/max_position_embeddings"
        ),
        (#"{\#(yarn),"beta_fast":-1}"#, "out-of-range /scaling/beta_fast"),
        (#"{\#(yarn),"beta_slow":-1}"#, "out-of-range /scaling/beta_slow"),
        (#"{\#(yarn),"attention_factor":0}"#, "out-of-range /scaling/attention_factor"),
        (#"{\#(yarn),"mscale":-100,"mscale_all_dim":1}"#, "out-of-range /scaling/mscale"),
        (#"{\#(longRope),"short_factor":[0,1],"long_factor":[1,1]}"#, "out-of-range /scaling/short_factor/0"),
        (#"{\#(longRope),"short_factor":[1,1],"long_factor":[1,-1]}"#, "out-of-range /scaling/long_factor/1"),
        (
            #"{\#(longRope),"short_factor":[1,1,1,1],"long_factor":[1,1,1,0]}"#,
            "out-of-range /scaling/long_factor/3"
        ),
        (
            #"{"rope_type":"llama3","factor":2,"low_freq_factor":4,"high_freq_factor":1,"original_max_position_embeddings":8}"#,
            "out-of-range /scaling/high_freq_factor"
        ),
        (#"{"rope_type":"proportional","factor":0}"#, "out-of-range /scaling/factor"),
        (#"{"rope_type":"proportional","partial_rotary_factor":1.5}"#, "out-of-range /scaling/partial_rotary_factor"),
        (#"{"rope_type":"ntk_alpha","alpha":0}"#, "out-of-range /scaling/alpha"),
        (
            #"{"rope_type":"ntk_by_parts","factor":2,"original_max_position_embeddings":8,"alpha":33}"#,
            "out-of-range /scaling/beta"
        ),
        (#"{"rope_type":"allpass","rho":1}"#, "out-of-range /scaling/rho"),
        (#"{"rope_type":"allpass","rho":-1}"#, "out-of-range /scaling/rho"),
        (
            #"{"rope_type":"linear","factor":2,"partial_rotary_factor":0}"#,
            "out-of-range /scaling/partial_rotary_factor"
        ),
        (#"{"rope_type":"linear","factor":2,"rope_theta":0}"#, "out-of-range /scaling/rope_theta"),
        // What no float64 holds, once it is computed.
        (#"{"rope_type":"ntk","factor":1e300}"#, "out-of-range /scaling/rope_type"),
        // Lists: of another length, and of what are no numbers.
        (#"{\#(longRope),"short_factor":[1],"long_factor":[1,1]}"#, "shape-mismatch /scaling/short_factor"),
        (#"{\#(longRope),"short_factor":[1,1],"long_factor":[1,1,1]}"#, "shape-mismatch /scaling/long_factor"),
        (#"{\#(longRope),"short_factor":[],"long_factor":[1,1]}"#, "empty-tensor /scaling/short_factor"),
        (#"{\#(longRope),"short_factor":[1,"a"],"long_factor":[1,1]}"#, "wrong-type /scaling/short_factor/1"),
        (#"{\#(longRope),"short_factor":[[1],[1]],"long_factor":[1,1]}"#, "wrong-type /scaling/short_factor"),
        // Other types and values.
        (#"{"rope_type":"linear","factor":"2"}"#, "wrong-type /scaling/factor"),
        (#"{"rope_type":"linear","factor":null}"#, "wrong-type /scaling/factor"),
        (#"{\#(yarn),"truncate":1}"#, "wrong-type /scaling/truncate"),
        (#"{"rope_type":3}"#, "wrong-type /scaling/rope_type"), (#""linear""#, "wrong-type /scaling"),
        (#"{"rope_type":"llama4"}"#, "unknown-value /scaling/rope_type"),
        (#"{"type":"ntk-aware"}"#, "unknown-value /scaling/type"),
        (#"{"rope_type":"linear","type":"yarn","factor":2}"#, "contradiction /scaling/type"),
        (#"{"rope_type":"linear","fctor":2}"#, "unknown-field /scaling/fctor"),
    ])
    func `what cannot be is refused by its kind and place`(_ scaling: String, _ summary: String) throws {
        let problem = try ProblemDocument(LiveService().apply(#"{"x":[[1,2,3,4]],"scaling":\#(scaling)}"#))
        #expect(problem.status == 422 && problem.summary == summary, "\(scaling): \(problem.detail)")
    }

    @Test(arguments: [
        ("fctor", "factor"), ("attn_factor", "attention_factor"), ("rho_", "rho"), ("low_freq", "low_freq_factor"),
        ("original_max_position_embedding", "original_max_position_embeddings"), ("scaling_factor", "factor"),
    ])
    func `an unknown key is answered with the nearest`(key: String, nearest: String) throws {
        let problem = try ProblemDocument(
            LiveService().apply(#"{"x":[[1,0]],"scaling":{"rope_type":"linear","factor":2,"\#(key)":1}}"#))
        #expect(problem.summary == "unknown-field /scaling/\(key)")
        #expect(problem.detail.hasSuffix("did you mean \(nearest)?"), "\(problem.detail)")
    }

    @Test(arguments: [
        (#""x":[[1,2]],"scaling":{"rope_type":"dynamic","factor":2,"max_position_embeddings":8}"#, "out-of-range /x"),
        (#""x":[[1,2]],"scaling":{"rope_type":"ntk","factor":2}"#, "out-of-range /x"),
        (
            #""x":[[1,2,3,4]],"rotary_dim":2,"scaling":{"rope_type":"ntk_alpha","alpha":2}"#,
            "out-of-range /rotary_dim"
        ),
        (#""x":[[1,2]],"base":1,"scaling":{\#(yarn)}"#, "out-of-range /base"),
        (#""x":[[1,2]],"scaling":{\#(yarn),"rope_theta":1}"#, "out-of-range /scaling/rope_theta"),
        (
            #""x":[[1,2]],"base":1,"scaling":{"rope_type":"default","rope_theta":2}"#,
            "contradiction /scaling/rope_theta"
        ),
        (
            #""x":[[1,2,3,4]],"rotary_dim":2,"scaling":{"rope_type":"default","partial_rotary_factor":0.5}"#,
            "contradiction /scaling/partial_rotary_factor"
        ),
        (
            #""x":[[1,2,3,4]],"scaling":{"rope_type":"default","partial_rotary_factor":0.25}"#,
            "odd-dimension /scaling/partial_rotary_factor"
        ),
    ])
    func `a scaling goes with the dimension and the base, or is refused`(_ fields: String, _ summary: String) throws {
        let problem = try ProblemDocument(LiveService().apply("{\(fields)}"))
        #expect(problem.status == 422 && problem.summary == summary, "\(fields): \(problem.detail)")
    }

    @Test func `what turns and by which base may stand among the keys`() throws {
        let rope = try rope(#"{"rope_type":"linear","factor":2,"partial_rotary_factor":0.5,"rope_theta":500}"#)["rope"]
        #expect(rope["rotary_dim"] == .number(2) && rope["base"] == .number(500))
    }

    @Test(arguments: [
        ("rope_type=dynamic&factor=2", "missing-field max_position_embeddings"),
        (
            "rope_type=longrope&factor=2&original_max_position_embeddings=8&short_factor=1&long_factor=1,0",
            "out-of-range long_factor"
        ),
        (
            "rope_type=longrope&factor=2&original_max_position_embeddings=8&short_factor=1&long_factor=1,1",
            "shape-mismatch short_factor"
        ),
        (
            "rope_type=longrope&factor=2&original_max_position_embeddings=8&short_factor=1,&long_factor=1,1",
            "wrong-type short_factor"
        ),
        ("rope_type=yarn&type=linear&factor=2&max_position_embeddings=8", "contradiction type"),
        ("rope_type=yarn&factor=2&max_position_embeddings=8&truncate=1", "wrong-type truncate"),
        ("rope_type=ntk&factor=1e300", "out-of-range rope_type"),
        ("partial_rotary_factor=0.5", "missing-field rope_type"),
        ("config=x", "unknown-field config"), ("layer_type=x", "contradiction layer_type"),
    ])
    func `in a query the keys stand on their own, and so do refusals`(_ query: String, _ summary: String) throws {
        let problem = try ProblemDocument(LiveService().get("/frequencies?dim=4&\(query)"))
        #expect(problem.status == 422 && problem.summary == summary, "\(query): \(problem.detail)")
    }
}
