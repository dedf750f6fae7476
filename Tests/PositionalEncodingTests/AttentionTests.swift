import Glibc
import PositionalEncoding
import TestSupport
import Testing

@Suite struct AttentionTests {
    private let engine = RotaryEngine(maxCacheBytes: 1 << 20)

    /// How far a weight or an output may be from the twin's, in units of the largest weight, 1, or value, 4.
    ///
    /// With u the unit roundoff, |q|, |k| < 4, d ≤ 20 and |scale| < 1: products and their partial sums cost at most
    /// (d + 1)·u·d·16 in a score, scale and mask 2u of at most 322: δ < 7 400u. A weight changes by a factor e^±2δ, and the
    /// power, what it is of, its sum and the quotient add less than 6u. The twin's own errors are as many units of float64. An output
    /// is a sum of 11 values at most, each < 4: twice the weights' error and 12u more, of 4.
    private static func tolerance(_ type: ScalarType) -> Double {
        let delta = 7_400 * (Rounding.unit(type) + Rounding.unit(.float64))
        return 2 * delta + 6 * Rounding.unit(type)
    }

    @Test(arguments: ScalarType.allCases, (1...4).map(UInt64.init))
    func `attention equals its slow twin`(type: ScalarType, seed: UInt64) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: seed)
            var blindRows = 0
            for round in 0..<100 {
                let request = try AttentionRequest<Scalar>(using: &random)
                let result = try engine.attend(request.attention, returningWeights: true)
                let weights = try #require(result.weights)
                #expect(weights.shape == request.attention.shape.weights)
                #expect(result.output.shape == request.attention.shape.output)
                let (twinWeights, twinOutput) = (request.twin.weights(), request.twin.output())
                let worst = zip(weights.doubles, twinWeights).map { abs($0 - $1) }.max() ?? 0
                #expect(worst <= Self.tolerance(type), "round \(round)")
                let worstOutput = zip(result.output.doubles, twinOutput).map { abs($0 - $1) }.max() ?? 0
                #expect(worstOutput <= 4 * (11 * Self.tolerance(type) + 12 * Rounding.unit(type)), "round \(round)")
                for (weight, twin) in zip(weights.doubles, twinWeights) where twin == 0 { #expect(weight == 0) }
                let rowLength = request.attention.shape.keyLength
                blindRows += stride(from: 0, to: twinWeights.count, by: rowLength)
                    .count { twinWeights[$0..<$0 + rowLength].allSatisfy { $0 == 0 } }
            }
            #expect(blindRows > 0, "the random input must hold queries that see no key")
        }
        try check(type.scalar)
    }

    @Test(arguments: ScalarType.allCases) func `without weights the output is the same, bit for bit`(
        type: ScalarType
    ) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: 3)
            for _ in 0..<20 {
                let attention = try AttentionRequest<Scalar>(using: &random).attention
                let without = try engine.attend(attention, returningWeights: false)
                #expect(without.weights == nil)
                #expect(try without.output == engine.attend(attention, returningWeights: true).output)
            }
        }
        try check(type.scalar)
    }

    @Test(arguments: ScalarType.allCases) func `weights of a row sum to one, or are zeros`(type: ScalarType) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: 5)
            for _ in 0..<50 {
                let attention = try AttentionRequest<Scalar>(using: &random).attention
                let weights = try #require(engine.attend(attention, returningWeights: true).weights).doubles
                let length = attention.shape.keyLength
                for start in stride(from: 0, to: weights.count, by: length) {
                    let row = weights[start..<start + length]
                    #expect(row.allSatisfy { $0 >= 0 })
                    // Each weight is an exponential rounded to the type, over the sum of those unrounded, rounded again:
                    // 3u with the division. The kernel's float64 sum, and this one, are of 11 numbers at most.
                    let sum = row.reduce(0, +)
                    #expect(sum == 0 || abs(sum - 1) <= 3 * Rounding.unit(type) + 22 * 0x1p-53, "\(sum)")
                }
            }
        }
        try check(type.scalar)
    }

    @Test(arguments: ScalarType.allCases) func `logits of ±10 000 give weights of 0 and 1`(type: ScalarType) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            let query = try Tensor<Scalar>(shape: #require(TensorShape([1, 1])), elements: [100])
            let key = try Tensor<Scalar>(shape: #require(TensorShape([3, 1])), elements: [-100, 100, 99])
            let value = try Tensor<Scalar>(shape: #require(TensorShape([3, 1])), elements: [1, 2, 3])
            let result = try engine.attend(
                Attention(query: query.any, key: key.any, value: value.any), returningWeights: true)
            // e^−100 is the smallest of these that float32 holds; e^−20000 is none.
            #expect(result.weights?.doubles.first == 0)
            #expect(result.output.doubles == [2])
        }
        try check(type.scalar)
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func `a hidden key or value that is not finite reaches no answer`(poison: Double) throws {
        var random = SplitMix64(seed: 7)
        let query = try Tensor<Double>.random([2, 4], using: &random)
        let key = try Tensor<Double>.random([3, 4], using: &random)
        let value = try Tensor<Double>.random([3, 2], using: &random)
        let masks: [AttentionMask.Elements] = [
            .boolean(Tensor(shape: try #require(TensorShape([3])), elements: [true, false, true])),
            .additive(.float64(Tensor(shape: try #require(TensorShape([3])), elements: [0, -.infinity, 0]))),
        ]
        for mask in masks {
            func output(_ hidden: Double?) throws -> AnyTensor {
                var (keys, values) = (key.elements, value.elements)
                if let hidden {
                    keys.replaceSubrange(4..<8, with: repeatElement(hidden, count: 4))
                    values.replaceSubrange(2..<4, with: repeatElement(hidden, count: 2))
                }
                var attention = try Attention(
                    query: query.any, key: Tensor(shape: key.shape, elements: keys).any,
                    value: Tensor(shape: value.shape, elements: values).any)
                attention.mask = AttentionMask(mask, for: attention.shape)
                #expect(attention.mask != nil)
                attention.rotation = try RotaryParameters(dimension: 4)
                attention.positions = (.consecutive(from: 1), .consecutive(from: 0))
                return try engine.attend(attention, returningWeights: false).output
            }
            #expect(try output(poison) == output(nil))
            #expect(try output(poison).firstNonFinite == nil)
        }
    }

    @Test func `a visible score that is no number makes its row no number`() throws {
        let query = try Tensor<Double>(shape: #require(TensorShape([1, 1])), elements: [.infinity])
        let key = try Tensor<Double>(shape: #require(TensorShape([2, 1])), elements: [0, 1])
        let result = try engine.attend(
            Attention(query: query.any, key: key.any, value: key.any), returningWeights: false)
        #expect(result.output.firstNonFinite == [0, 0])
    }

    @Test(arguments: VectorLevel.available)
    func `large scores keep their difference, which is what weighs`(level: VectorLevel) throws {
        let one = try Tensor<Float>(shape: #require(TensorShape([1, 1])), elements: [1])
        let key = try Tensor<Float>(shape: #require(TensorShape([2, 1])), elements: [8_000_000, 8_000_001])
        var attention = try Attention(query: one.any, key: key.any, value: key.any)
        attention.scale = 0.3
        let weights = try #require(engine.attend(attention, returningWeights: true, on: level).weights).doubles
        // Scaled before, each would be a multiple of a quarter. The power and its argument are off by 2u each at most, as is the sum.
        let exact = [1 / (1 + exp(0.3)), 1 / (1 + exp(-0.3))]
        #expect(zip(weights, exact).allSatisfy { abs($0 - $1) <= 6 * 0x1p-24 })
    }

    @Test(arguments: VectorLevel.available)
    func `products that are far apart are weighed by a scale that is tiny`(level: VectorLevel) throws {
        let query = try Tensor<Float>(shape: #require(TensorShape([1, 1])), elements: [1.8e19])
        let key = try Tensor<Float>(shape: #require(TensorShape([2, 1])), elements: [1.08e19, -1.08e19])
        var attention = try Attention(query: query.any, key: key.any, value: key.any)
        attention.scale = 5e-39
        let weights = try #require(engine.attend(attention, returningWeights: true, on: level).weights).doubles
        // Scores are ±0.972; the scale is subnormal, and within 2^−22 of it.
        let exact = [1 / (1 + exp(-1.944)), 1 / (1 + exp(1.944))]
        #expect(zip(weights, exact).allSatisfy { abs($0 - $1) <= 2 * 0x1p-22 })
    }

    @Test(arguments: VectorLevel.available)
    func `a row has the same zeros alone and among others`(level: VectorLevel) throws {
        // What the first tile has summed, less than 0, is scaled down to nothing by the last key, whose value is −0.
        let rows = 20
        let key = try Tensor<Float>(
            shape: #require(TensorShape([257, 1])), elements: Array(repeating: 0, count: 256) + [200])
        let value = try Tensor<Float>(
            shape: #require(TensorShape([257, 1])), elements: Array(repeating: -5, count: 256) + [-0.0])
        func output(_ rows: Int) throws -> [Double] {
            let query = try Tensor<Float>(
                shape: #require(TensorShape([rows, 1])), elements: Array(repeating: 1, count: rows))
            let attention = try Attention(query: query.any, key: key.any, value: value.any)
            return try engine.attend(attention, returningWeights: false, on: level).output.doubles
        }
        #expect(try Set(output(rows).map(\.bitPattern)) == Set(output(1).map(\.bitPattern)))
    }

    @Test(arguments: VectorLevel.available, [1e-60, 0, -1e-60])
    func `with a scale that is nothing all that is seen weighs the same`(level: VectorLevel, scale: Double) throws {
        let key = try Tensor<Float>(shape: #require(TensorShape([3, 1])), elements: [1, -3e15, 3e15])
        var attention = try Attention(query: key.any, key: key.any, value: key.any)
        attention.scale = scale
        attention.isCausal = true
        attention.positions = (.consecutive(from: 0), .consecutive(from: 0))
        let weights = try engine.attend(attention, returningWeights: true, on: level).weights
        let third = Double(Float(1) / 3)
        #expect(weights?.doubles == [1, 0, 0, 0.5, 0.5, 0, third, third, third])
    }

    @Test func `a computation that is cancelled stops at the next block of rows`() throws {
        var random = SplitMix64(seed: 9)
        let tensor = try Tensor<Float>.random([8_192, 2], using: &random).any
        let attention = try Attention(query: tensor, key: tensor, value: tensor)
        var blocks = 0
        #expect(throws: CancellationError.self) {
            try engine.attend(attention, returningWeights: false) {
                blocks += 1
                return blocks == 5
            }
        }
        #expect(blocks == 5)
    }
}
