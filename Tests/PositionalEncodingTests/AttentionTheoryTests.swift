import PositionalEncoding
import TestSupport
import Testing

/// What the theory of rotary attention claims.
@Suite struct AttentionTheoryTests {
    private let engine = RotaryEngine(maxCacheBytes: 1 << 20)

    /// Queries, keys and values of two batches and four heads over two, turned.
    private func attention(
        _ parameters: RotaryParameters, at positions: (query: Positions, key: Positions), seed: UInt64 = 1,
        queryLength: Int = 5, keyLength: Int = 5
    ) throws -> Attention {
        var random = SplitMix64(seed: seed)
        let key = try Tensor<Double>.random([2, 2, keyLength, parameters.dimension], using: &random)
        let value = try Tensor<Double>.random([2, 2, keyLength, 3], using: &random)
        let query = try Tensor<Double>.random([2, 4, queryLength, parameters.dimension], using: &random)
        var attention = try Attention(query: query.any, key: key.any, value: value.any)
        attention.rotation = parameters
        attention.positions = positions
        return attention
    }

    /// For d = 8 and |q|, |k| < 4, a pair has a length below 4√2. Turned, it is off by `Rounding.turn` and by that of its
    /// angle at the position: a score changes by less than 2 · 4 · 32 of both together, a weight by twice that, and an
    /// output, a mean of values < 4, by four times the weight's. Sums of the products add (d + 6)·2^−53 of 128.
    private func tolerance(at position: Double) -> Double {
        let score = 256 * (Rounding.turn(.float64) + Rounding.angle(at: position)) + 14 * 128 * 0x1p-53
        return 2 * 4 * 2 * score
    }

    private func expectEqual(_ one: AnyTensor, _ other: AnyTensor, within tolerance: Double) {
        #expect(one.shape == other.shape)
        #expect(zip(one.doubles, other.doubles).allSatisfy { abs($0 - $1) <= tolerance })
    }

    @Test(arguments: PairLayout.allCases, [1.0, -3, 0.5, 1000])
    func `a common shift of all positions changes nothing`(layout: PairLayout, shift: Double) throws {
        let parameters = try RotaryParameters(dimension: 8, layout: layout)
        var attention = try attention(parameters, at: (.consecutive(from: 0), .consecutive(from: 0)))
        attention.isCausal = true
        let output = try engine.attend(attention, returningWeights: false).output
        attention.positions = (.consecutive(from: shift), .consecutive(from: shift))
        let shifted = try engine.attend(attention, returningWeights: false).output
        expectEqual(output, shifted, within: tolerance(at: abs(shift) + 5))
        attention.positions = (.consecutive(from: shift), .consecutive(from: 0))
        attention.isCausal = false
        let moved = try engine.attend(attention, returningWeights: false).output
        #expect(zip(output.doubles, moved.doubles).contains { abs($0 - $1) > 1e-3 }, "a shift of one side only does")
    }

    @Test(arguments: PairLayout.allCases) func `a decode step equals the last row of the whole`(layout: PairLayout)
        throws
    {
        let parameters = try RotaryParameters(dimension: 8, layout: layout)
        var random = SplitMix64(seed: 2)
        let query = try Tensor<Float>.random([4, 6, 8], using: &random)
        let key = try Tensor<Float>.random([2, 6, 8], using: &random)
        let value = try Tensor<Float>.random([2, 6, 3], using: &random)
        func output(_ query: Tensor<Float>, _ positions: Positions) throws -> AnyTensor {
            var attention = try Attention(query: query.any, key: key.any, value: value.any)
            attention.rotation = parameters
            attention.positions = (positions, .consecutive(from: 0))
            attention.isCausal = true
            return try engine.attend(attention, returningWeights: false).output
        }
        let lastRows = [5, 11, 17, 23]
        let steps = query.any.doubles.rows(lastRows, length: 8).map { Float($0) }
        let step = Tensor(shape: try #require(TensorShape([4, 1, 8])), elements: steps)
        let whole = try output(query, .consecutive(from: 0)).doubles
        // The same operations on the same numbers: bit for bit.
        let last = try output(step, Positions.consecutive(from: 0).last(1, of: 6)).doubles
        #expect(last == whole.rows(lastRows, length: 3))
    }

    @Test(arguments: PairLayout.allCases) func `values are not rotated`(layout: PairLayout) throws {
        // One key: its weight is 1 wherever it stands, so the output is its value as it came.
        for position in [0.0, 1, 12_345] {
            let parameters = try RotaryParameters(dimension: 8, layout: layout)
            let positions = (query: Positions.consecutive(from: 3), key: Positions.consecutive(from: position))
            let attention = try attention(parameters, at: positions, keyLength: 1)
            let output = try engine.attend(attention, returningWeights: false).output
            var random = SplitMix64(seed: 1)
            _ = try Tensor<Double>.random([2, 2, 1, 8], using: &random)
            let value = try Tensor<Double>.random([2, 2, 1, 3], using: &random).elements
            // Of each batch the values of key heads 0 and 1, for two query heads of five rows each.
            let readRows = [0, 1, 2, 3].flatMap { Array(repeating: $0, count: 10) }
            let expected = value.rows(readRows, length: 3)
            #expect(output.doubles == expected)
        }
    }

    @Test func `rotation inside equals rotation before`() throws {
        let parameters = try RotaryParameters(dimension: 8, rotaryDimension: 4, layout: .half)
        var random = SplitMix64(seed: 4)
        let query = try Tensor<Float>.random([2, 3, 4, 8], using: &random).any
        let key = try Tensor<Float>.random([2, 3, 7, 8], using: &random).any
        let value = try Tensor<Float>.random([2, 3, 7, 2], using: &random).any
        let positions = (
            query: Positions.perBatch([[4, 5, 6, 7.5], [-1, 0, 1, 2]]), key: Positions.shared([0, 1, 2, 3, 4, 5, 9])
        )
        var inside = try Attention(query: query, key: key, value: value)
        inside.rotation = parameters
        inside.positions = positions
        let before = try Attention(
            query: engine.rotate(query, at: positions.query, by: parameters),
            key: engine.rotate(key, at: positions.key, by: parameters), value: value)
        #expect(
            try engine.attend(inside, returningWeights: true) == engine.attend(before, returningWeights: true))
    }

    @Test func `grouped queries equal repeated keys`() throws {
        var random = SplitMix64(seed: 6)
        let query = try Tensor<Float>.random([6, 4, 8], using: &random).any
        let key = try Tensor<Float>.random([2, 4, 8], using: &random)
        let value = try Tensor<Float>.random([2, 4, 3], using: &random)
        func repeated(_ tensor: Tensor<Float>) throws -> AnyTensor {
            let count = tensor.elements.count / 2
            let elements = [0, 0, 0, 1, 1, 1].flatMap { tensor.elements[$0 * count..<($0 + 1) * count] }
            return Tensor(shape: try #require(TensorShape([6] + tensor.shape.axes[1...])), elements: elements).any
        }
        let grouped = try Attention(query: query, key: key.any, value: value.any)
        let plain = try Attention(query: query, key: repeated(key), value: repeated(value))
        #expect(
            try engine.attend(grouped, returningWeights: true) == engine.attend(plain, returningWeights: true))
    }
}
