import TestSupport
import Testing

/// What `/frequencies` says of each pair, as JSON and as a table.
@Suite struct LadderTableTests {
    private static let llama3 =
        "dim=6&rope_type=llama3&factor=8&low_freq_factor=1&high_freq_factor=4&original_max_position_embeddings=256"

    private func get(_ query: String, accept: String? = nil) throws -> RawHTTPResponse {
        try LiveService().get("/frequencies?\(query)", headers: accept.map { ["Accept": $0] } ?? [:])
    }

    @Test(arguments: [
        (llama3, ["kept", "blended", "interpolated"]),
        // The ramp is from index 0 to ⌈8 · ln(64/2π) / (2 · ln 10 000)⌉ = 2.
        (
            "dim=8&rope_type=yarn&factor=4&original_max_position_embeddings=64",
            ["kept", "blended", "interpolated", "interpolated"]
        ),
        ("dim=4&rope_type=ntk_by_parts&factor=4&original_max_position_embeddings=256", ["kept", "interpolated"]),
    ])
    func `a ramp has regions`(_ query: String, _ regions: [String]) throws {
        #expect(try JSON(get(query).json)["regions"] == .array(regions.map(JSON.string)))
    }

    @Test(arguments: [
        "dim=4", "dim=4&rope_type=linear&factor=2", "dim=4&rope_type=dynamic&factor=2&max_position_embeddings=8",
    ])
    func `without a ramp there are no regions`(_ query: String) throws {
        #expect(try JSON(get(query).json)["regions"] == .null)
    }

    @Test(arguments: [
        (llama3, 256.0, 2_048.0),
        ("dim=4&rope_type=yarn&original_max_position_embeddings=32&max_position_embeddings=96", 32, 96),
        ("dim=4&rope_type=linear&factor=2&original_max_position_embeddings=32&max_position_embeddings=64", 32, 64),
        ("dim=4&rope_type=dynamic&factor=2&max_position_embeddings=32", 32, 64),
        ("dim=4&rope_type=dynamic&factor=2&max_position_embeddings=32&seq_len=100", 32, 100),
    ])
    func `turns are those over the original and the extended context`(
        _ query: String, _ original: Double, _ extended: Double
    ) throws {
        let answer = try JSON(get(query).json)
        let frequencies = answer["inv_freq"].elements.compactMap(\.number)
        for (name, length) in [("turns_original", original), ("turns_extended", extended)] {
            let turns = answer[name].elements.compactMap(\.number)
            #expect(turns == frequencies.map { length * $0 / (2 * Double.pi) }, "\(name)")
        }
    }

    @Test func `turns over a context that is not known are absent, and those that are not finite null`() throws {
        let answer = try JSON(get("dim=4&rope_type=linear&factor=2").json)
        #expect(answer["turns_original"] == .null && answer["turns_extended"] == .null)
        let text = try get("dim=2&rope_type=yarn&factor=1e200&original_max_position_embeddings=1e200").text
        #expect(text.contains(#""turns_extended":[null]"#), "\(text)")
        let csv = try get("dim=2&rope_type=yarn&factor=1e200&original_max_position_embeddings=1e200&format=csv").text
        #expect(csv.contains(",,"), "\(csv)")
    }

    @Test func `comma-separated values have all digits, and a line for each pair`() throws {
        let response = try get("dim=4&rope_type=proportional&partial_rotary_factor=0.5&positions=0,1.5&format=csv")
        #expect(response["Content-Type"] == "text/csv; charset=utf-8")
        #expect(
            response.text
                == "pair,inv_freq,wavelength,cos(0),sin(0),cos(1.5),sin(1.5)\r\n"
                + "0,1,6.283185307179586,1,0,0.0707372016677029,0.9974949866040544\r\n1,0,,1,0,1,0\r\n")
    }

    @Test func `plain text is aligned, with six digits`() throws {
        let response = try get(Self.llama3 + "&format=text")
        #expect(response["Content-Type"] == "text/plain; charset=utf-8")
        let lines = response.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 5 && lines[4].isEmpty && Set(lines.prefix(4).map(\.count)).count == 1)
        #expect(
            lines[2].split(separator: " ") == ["1", "0.0178664", "351.676", "0.727942", "5.82354", "blended"])
    }

    @Test(
        arguments: [
            (nil, nil, "application/json"), (nil, "*/*", "application/json"),
            (nil, "text/csv", "text/csv; charset=utf-8"),
            (nil, "text/plain", "text/plain; charset=utf-8"), (nil, "text/*", "text/csv; charset=utf-8"),
            (nil, "text/html, text/plain;q=0.5, text/csv;q=0.4", "text/plain; charset=utf-8"),
            (nil, "application/json;q=0.4, text/plain;q=0.5", "text/plain; charset=utf-8"),
            (nil, "text/plain, application/json", "application/json"),
            (nil, "text/*;q=0.9, text/csv;q=0", "text/plain; charset=utf-8"), ("json", "text/csv", "application/json"),
            ("csv", "application/json", "text/csv; charset=utf-8"), ("text", "image/png", "text/plain; charset=utf-8"),
        ] as [(String?, String?, String)])
    func `format decides, or else Accept by its qualities`(_ format: String?, _ accept: String?, _ type: String) throws
    {
        let response = try get("dim=4" + (format.map { "&format=\($0)" } ?? ""), accept: accept)
        #expect(response.status == 200 && response["Content-Type"] == type && response["Vary"] == "Accept")
    }

    @Test func `a format that is not known is refused, in Accept and in the query`() throws {
        let refused = try get("dim=4", accept: "image/png, text/csv;q=0")
        #expect(try refused.status == 406 && ProblemDocument(refused).summary == "not-acceptable Accept")
        for type in ["application/json", "text/csv", "text/plain"] { #expect(refused.text.contains(type)) }
        #expect(try ProblemDocument(get("dim=4&format=xml")).summary == "unknown-value format")
        #expect(try ProblemDocument(get("dim=4&format=", accept: "text/csv")).summary == "unknown-value format")
    }

    @Test func `a table as text has fewer columns than JSON may have rows`() throws {
        for format in ["csv", "text"] {
            #expect(try get("dim=2&positions=0:1024&format=\(format)").status == 200)
            let refused = try get("dim=2&positions=0:1025&format=\(format)")
            #expect(try refused.status == 413 && ProblemDocument(refused).summary == "answer-too-large positions")
        }
        #expect(try get("dim=2&positions=0:1025").status == 200)
    }

    @Test func `each representation has a tag of its own`() throws {
        let service = try LiveService()
        let tags = try ["application/json", "text/csv", "text/plain"].map { type in
            try #require(service.get("/frequencies?dim=4", headers: ["Accept": type])["ETag"])
        }
        #expect(Set(tags).count == 3)
        let headers = ["Accept": "text/csv", "If-None-Match": tags[0]]
        #expect(try service.get("/frequencies?dim=4", headers: headers).status == 200)
        #expect(try service.get("/frequencies?dim=4&format=json", headers: headers).status == 304)
        #expect(try service.get("/frequencies?dim=4&format=csv")["ETag"] == tags[1])
    }
}
