import Testing

/// Which elements of a head turn together, as `rope` of an answer says.
struct GoldenPairing {
    private let dimension: Int
    private let start: Int
    private let turning: Int
    private let isHalf: Bool

    init(_ rope: JSON, dimension: Int) throws {
        self.dimension = dimension
        start = Int(rope["rotary_start"].number ?? 0)
        turning = Int(try #require(rope["rotary_dim"].number))
        isHalf = (rope["output_layout"].string ?? rope["layout"].string) == "half"
    }

    /// The other element of the pair, by its place in the whole tensor; nil where nothing turns.
    func partner(of element: Int) -> Int? {
        let place = element % dimension - start
        guard (0..<turning).contains(place) else { return nil }
        guard isHalf else { return element + (place.isMultiple(of: 2) ? 1 : -1) }
        return element + (place < turning / 2 ? turning / 2 : -turning / 2)
    }
}

extension GoldenCase {
    /// Holds the answer of /rope/apply to what is expected: to 2 ulp of float32 of a pair's larger element, and exactly
    /// where nothing turns.
    ///
    /// Cosines and sines of PyTorch and of libm are within an ulp of one another; each makes one of the pair's larger
    /// element.
    func expectPairsWithinTwoUlp() throws {
        let answer = try answer()
        let (y, expected) = (try GoldenTensor(answer["y"]), try GoldenTensor(self.expected["y"]))
        try #require(y.axes == expected.axes)
        let pairing = try GoldenPairing(answer["rope"], dimension: y.axes[3])
        for element in y.elements.indices {
            guard let partner = pairing.partner(of: element) else {
                #expect(y.elements[element] == expected.elements[element])
                continue
            }
            // Texts are the shortest that read back as float32.
            let (ours, theirs) = (Float(y.elements[element]), Float(expected.elements[element]))
            let bound = 2 * max(abs(theirs), abs(Float(expected.elements[partner]))).ulp
            #expect(abs(ours - theirs) <= bound, "element \(element): \(ours) is not \(theirs)")
        }
    }
}
