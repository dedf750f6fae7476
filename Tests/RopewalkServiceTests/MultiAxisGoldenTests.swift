import Testing

/// Positions on several axes, held against vision-language models' own code in Hugging Face transformers.
@Suite struct MultiAxisGoldenTests {
    private static let cases = Result { try GoldenFile("multi_axis").cases }
    private static var all: [GoldenCase] { (try? cases.get()) ?? [] }

    @Test func `each form of axes is held against a model, with and without batches of their own`() throws {
        let cases = try Self.cases.get()
        let forms = Set(
            cases.map { golden in
                let scaling = golden.request["scaling"]
                if let axes = scaling["axes"].string { return axes.allSatisfy(\.isUppercase) ? "letters" : axes }
                if golden.request["model"] != .null { return "model" }
                return scaling["mrope_interleaved"] == .boolean(true) ? "spread sections" : "sections in blocks"
            })
        #expect(forms == ["letters", "model", "pixtral", "qwen_vision", "sections in blocks", "spread sections"])
        let ranks = Set(try cases.map { try GoldenTensor($0.request["positions"]).axes.count })
        #expect(ranks == [1, 2, 3])
    }

    @Test(arguments: all) func `a pair turns by its own axis, as in the model, within 2 ulp of its larger element`(
        _ golden: GoldenCase
    ) throws {
        try golden.expectPairsWithinTwoUlp()
    }
}
