import Testing

/// Presets held against the models' own code in Hugging Face transformers.
@Suite struct ModelGoldenTests {
    private static let cases = Result { try GoldenFile("models").cases }
    private static var all: [GoldenCase] { (try? cases.get()) ?? [] }

    @Test func `thirty presets are held against their models`() throws {
        #expect(Set(try Self.cases.get().map { $0.request["model"].string }).count >= 30)
    }

    /// Cosines and sines of PyTorch and of libm are within an ulp of one another; each makes one of the pair's larger element.
    @Test(arguments: all) func `a preset turns as the model's code does, within 2 ulp of a pair's larger element`(
        _ golden: GoldenCase
    ) throws {
        let answer = try golden.answer()
        let (y, expected) = (try GoldenTensor(answer["y"]), try GoldenTensor(golden.expected["y"]))
        try #require(y.axes == expected.axes)
        let rope = answer["rope"]
        let (dimension, turning) = (y.axes[3], Int(try #require(rope["rotary_dim"].number)))
        let start = Int(rope["rotary_start"].number ?? 0)
        let isHalf = (rope["output_layout"].string ?? rope["layout"].string) == "half"
        for element in y.elements.indices {
            let place = element % dimension - start
            guard (0..<turning).contains(place) else {
                #expect(y.elements[element] == expected.elements[element])
                continue
            }
            let partner =
                isHalf
                ? element + (place < turning / 2 ? turning / 2 : -turning / 2)
                : element + (place.isMultiple(of: 2) ? 1 : -1)
            // Texts are the shortest that read back as float32.
            let (ours, theirs) = (Float(y.elements[element]), Float(expected.elements[element]))
            let bound = 2 * max(abs(theirs), abs(Float(expected.elements[partner]))).ulp
            #expect(abs(ours - theirs) <= bound, "element \(element): \(ours) is not \(theirs)")
        }
    }
}
