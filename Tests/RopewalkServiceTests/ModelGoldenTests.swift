import Testing

/// Presets held against the models' own code in Hugging Face transformers.
@Suite struct ModelGoldenTests {
    private static let cases = Result { try GoldenFile("models").cases }
    private static var all: [GoldenCase] { (try? cases.get()) ?? [] }

    @Test func `thirty presets are held against their models`() throws {
        #expect(Set(try Self.cases.get().map { $0.request["model"].string }).count >= 30)
    }

    @Test(arguments: all) func `a preset turns as the model's code does, within 2 ulp of a pair's larger element`(
        _ golden: GoldenCase
    ) throws {
        try golden.expectPairsWithinTwoUlp()
    }
}
