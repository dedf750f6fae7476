import TestSupport
import Testing

@Suite struct FrequenciesTests {
    @Test func `a ladder is inverse frequencies and wavelengths`() throws {
        let response = try LiveService().get("/frequencies?dim=4")
        #expect(
            response.text
                == #"{"attention_factor":1,"base":10000,"dim":4,"inv_freq":[1,0.01],"#
                + #""rope":{"attention_factor":1,"base":10000,"dim":4,"layout":"interleaved","rope_type":"default","rotary_dim":4},"#
                + #""rope_type":"default","wavelengths":[6.283185307179586,628.3185307179587]}"#)
    }

    @Test(arguments: [
        ("dim=4&positions=0,1,-0.5", #""positions":[0,1,-0.5]"#), ("dim=4&positions=2:5", #""positions":[2,3,4]"#),
        ("dim=4&positions=0", #""cos":[[1,1]]"#),
        ("dim=4&positions=1", #""sin":[[0.8414709848078965,0.009999833334166664]]"#),
        ("dim=5&rotary_dim=4", #""rotary_dim":4"#), ("dim=4&base=1e+2", #""inv_freq":[1,0.1]"#),
        ("dim=4&rope_theta=100", #""base":100"#), ("dim=4&rope_type=linear&factor=4", #""inv_freq":[0.25,0.0025]"#),
        ("dim=4&rope_type=linear&factor=4", #""scaling":{"factor":4}"#),
        ("dim=4&rope_type=default", #""rope_type":"default""#),
        ("dim=4&layout=half", #""layout":"half""#), ("dim=4.0", #""dim":4"#),
    ])
    func `a query says what the ladder is`(_ query: String, _ expected: String) throws {
        let response = try LiveService().get("/frequencies?\(query)")
        #expect(response.status == 200 && response.text.contains(expected), "\(response.text)")
    }

    @Test(arguments: [
        ("", 422, "missing-field dim"), ("dim=3", 422, "odd-dimension dim"), ("dim=a", 422, "wrong-type dim"),
        ("dim=4.5", 422, "wrong-type dim"), ("dim=0", 422, "out-of-range dim"), ("dim=65538", 422, "out-of-range dim"),
        ("dim=4&dim=4", 422, "repeated-parameter dim"), ("dim=4&base=0", 422, "out-of-range base"),
        ("dim=4&base=nan", 422, "wrong-type base"), ("dim=4&base=inf", 422, "wrong-type base"),
        ("dim=4&base=1e999", 422, "number-overflow base"), ("dim=4&bas=2", 422, "unknown-field bas"),
        ("dim=4&base=2&rope_theta=2", 422, "contradiction rope_theta"),
        ("dim=4&factor=2", 422, "missing-field rope_type"),
        ("dim=4&rope_type=linear", 422, "missing-field factor"),
        ("dim=4&rope_type=lama3", 422, "unknown-value rope_type"),
        ("dim=4&scaling=linear", 422, "unknown-field scaling"), ("dim=4&positions=", 422, "wrong-type positions"),
        ("dim=4&positions=1,,2", 422, "wrong-type positions"), ("dim=4&positions=5:5", 422, "out-of-range positions"),
        ("dim=4&positions=0:1.5", 422, "wrong-type positions"), ("dim=4&positions=1e17", 422, "out-of-range positions"),
        ("dim=4&positions=0:9223372036854775807", 422, "out-of-range positions"),
        ("dim=4&positions=0:99999999999999999999", 422, "out-of-range positions"),
        ("dim=4&positions=0:+-1", 422, "wrong-type positions"),
        ("dim=4&positions=0:524289", 413, "answer-too-large positions"),
        ("dim=65536&positions=0:33", 413, "answer-too-large positions"),
        ("dim=4&positions=-9007199254740992:9007199254740992", 413, "answer-too-large positions"),
        ("dim=4&x=%", 400, "malformed-request"), ("dim=4&seq_len=-1", 422, "out-of-range seq_len"),
        ("dim=2&rope_type=linear&factor=1e-307&positions=9007199254740992", 422, "result-overflow [0, 0]"),
    ])
    func `what cannot be is refused by its kind and parameter`(_ query: String, _ status: Int, _ summary: String) throws
    {
        let response = try LiveService().get("/frequencies?\(query)")
        #expect(response.status == status, "\(response.text)")
        #expect(try ProblemDocument(response).summary == summary, "\(response.text)")
    }

    @Test func `an answer is named by its bytes and need not be sent twice`() throws {
        let service = try LiveService()
        let first = try service.get("/frequencies?dim=4")
        let tag = try #require(first["ETag"])
        #expect(tag.hasPrefix("\"0.1.0-") && tag.hasSuffix("\""))
        #expect(first["Cache-Control"] == "public, max-age=86400" && first["Vary"] == "Accept")
        for known in [tag, "\"other\", W/\(tag)", "*"] {
            let again = try service.get("/frequencies?dim=4", headers: ["If-None-Match": known])
            #expect(again.status == 304 && again["ETag"] == tag, "\(known)")
            #expect(again["Content-Length"] == first["Content-Length"])
        }
        #expect(try service.get("/frequencies?dim=4", headers: ["If-None-Match": "\"other\""]).status == 200)
        #expect(try service.get("/frequencies?dim=6", headers: ["If-None-Match": tag]).status == 200)
        #expect(try service.get("/frequencies?dim=4.0")["ETag"] == tag)
    }
}
