import Testing

/// Attention held against torch's scaled_dot_product_attention in float64.
@Suite struct AttentionGoldenTests {
    @Test(arguments: try GoldenFile("scaled_dot_product_attention").cases)
    func `attention is torch's, but for the roundings of both`(_ golden: GoldenCase) throws {
        let answer = try golden.answer()
        let bound =
            try roundings(of: golden, unit: golden.isFloat64 ? 0x1p-53 : 0x1p-24) + roundings(of: golden, unit: 0x1p-53)
        try #require(bound < 0.1)
        let value = try GoldenTensor(golden.request["value"])
        // Each output is an average of values.
        let largest = value.elements.reduce(0) { max($0, abs($1)) }
        try compare(golden, answer, "output", within: bound * largest)
        if golden.request["return_weights"] == .boolean(true) {
            try compare(golden, answer, "weights", within: bound)
        }
        #expect((answer["rope"] == .null) == (golden.request["rotate"] == .boolean(false)))
    }

    /// How far weights may be off, and outputs relative to the largest value, for one of both sides.
    ///
    /// In units of u, half an ulp of 1, with d the dimension, n the keys, M the score's magnitude, P the farthest position:
    ///
    ///     score     its product of d terms, d; scale, 2; mask, 1; the difference from the row's largest, 2: all of them
    ///               times M. Turned queries and keys, 6 each, and angles, 4 · 2^−53 · P each: times M as well.
    ///     weight    twice what the scores are off, in the power and in the sum; the powers, 4 each; a sum of n, and a
    ///               quotient.
    ///     output    a product and a sum of n.
    ///
    /// Terms of second order are less than a tenth of these, as long as the bound is less than a tenth.
    private func roundings(of golden: GoldenCase, unit: Double) throws -> Double {
        let dimension = try Double(#require(GoldenTensor(golden.request["query"]).axes.last))
        let keyAxes = try GoldenTensor(golden.request["key"]).axes
        let keys = keyAxes[keyAxes.count - 2]
        var score = (dimension + 5) * unit
        if golden.request["rotate"] != .boolean(false) {
            let positions = try ["query_positions", "key_positions"].map { golden.request[$0] }.filter { $0 != .null }
                .flatMap { try GoldenTensor($0).elements.map(abs) }
            score += 12 * unit + 8 * 0x1p-53 * (positions.max() ?? Double(keys))
        }
        return try 1.1 * (2 * score * #require(golden.scoreMagnitude) + (2 * Double(keys) + 12) * unit)
    }

    /// Where torch says 0, nothing is seen, and we say 0 as well.
    private func compare(_ golden: GoldenCase, _ answer: JSON, _ name: String, within tolerance: Double) throws {
        let (ours, theirs) = (try GoldenTensor(answer[name]), try GoldenTensor(golden.expected[name]))
        let difference = try ours.largestDifference(
            from: theirs, allowing: theirs.elements.map { $0 == 0 ? 0 : tolerance })
        #expect(difference <= 1, "\(name): \(difference) times what is allowed")
    }
}
