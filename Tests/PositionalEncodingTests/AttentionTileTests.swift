import Dispatch
import Foundation
import PositionalEncoding
import TestSupport
import Testing

/// What holds where attention is longer than a tile, at every level of the processor.
@Suite struct AttentionTileTests {
    private let engine = RotaryEngine(maxCacheBytes: 1 << 20)

    /// Lengths around the sides of tiles (256 keys), panels (6 or 14 rows) and vectors.
    private static let lengths = [
        1, 2, 5, 6, 7, 13, 14, 15, 16, 17, 28, 31, 32, 33, 63, 64, 65, 255, 256, 257, 300, 513,
    ]

    /// An attention of such lengths whose elements are below 1, with some of the options.
    private func attention<Scalar: TensorScalar>(
        _: Scalar.Type, _ random: inout SplitMix64
    ) throws -> (Attention, AttentionTwin) {
        func pick(_ most: Int) -> Int { Self.lengths.filter { $0 <= most }.randomElement(using: &random) ?? 1 }
        let (batch, keyHeads, sharing) = (1, pick(2), pick(2))
        let (dimension, valueDimension) = (pick(300), pick(65))
        let queryLength = pick(33)
        let keyLength = max(queryLength, pick(6_000 / (dimension + valueDimension)), pick(31))
        func tensor(_ axes: [Int]) throws -> Tensor<Scalar> {
            let shape = try #require(TensorShape(axes))
            return Tensor(
                shape: shape,
                elements: (0..<shape.count).map { _ in Scalar(Double.random(in: -1..<1, using: &random)) })
        }
        let query = try tensor([batch, keyHeads * sharing, queryLength, dimension])
        let key = try tensor([batch, keyHeads, keyLength, dimension])
        let value = try tensor([batch, keyHeads, keyLength, valueDimension])
        var attention = try Attention(query: query.any, key: key.any, value: value.any)
        var (own, others) = ([Double](), [Double]())
        switch Int.random(in: 0..<3, using: &random) {
        case 0: break
        case 1:
            own = (0..<queryLength).map { Double(keyLength - queryLength + $0) }
            others = (0..<keyLength).map(Double.init)
        default:
            own = (0..<queryLength).map { _ in Double.random(in: -1..<100, using: &random) }
            others = (0..<keyLength).map { _ in Double(Int.random(in: 0..<100, using: &random)) }
            if Bool.random(using: &random) { others.sort() }
        }
        if !own.isEmpty {
            attention.isCausal = true
            attention.positions = (.shared(own), .shared(others))
        }
        let axes = [1, keyHeads * sharing, queryLength, keyLength].map { Bool.random(using: &random) ? $0 : 1 }
        let maskShape = try #require(TensorShape(axes))
        var added: [Double] = []
        switch Int.random(in: 0..<3, using: &random) {
        case 0: break
        case 1:
            let seen = (0..<maskShape.count).map { _ in Int.random(in: 0..<4, using: &random) > 0 }
            added = seen.map { $0 ? 0 : -.infinity }
            attention.mask = AttentionMask(
                .boolean(Tensor(shape: maskShape, elements: seen)), for: attention.shape)
        default:
            let numbers = (0..<maskShape.count).map { _ in
                Int.random(in: 0..<4, using: &random) == 0
                    ? -Scalar.infinity : Scalar(Double.random(in: -2..<2, using: &random))
            }
            added = numbers.map(Double.init)
            attention.mask = AttentionMask(
                .additive(Tensor(shape: maskShape, elements: numbers).any), for: attention.shape)
        }
        let bias: (Int, Int, Int, Int) -> Double? = { _, head, query, key in
            if !own.isEmpty, others[key] > own[query] { return nil }
            if added.isEmpty { return 0 }
            let offset = zip(axes, [0, head, query, key]).reduce(0) { $0 * $1.0 + ($1.0 == 1 ? 0 : $1.1) }
            return added[offset] == -.infinity ? nil : added[offset]
        }
        let twin = AttentionTwin(
            shape: attention.shape, query: query.elements.map(Double.init), key: key.elements.map(Double.init),
            value: value.elements.map(Double.init), scale: Double(Scalar(attention.scale)), bias: bias)
        return (attention, twin)
    }

    /// With |q|, |k| < 1 and the scale 1/√d, products and their partial sums cost (d + 1)·u·√d in a score at most, scale and
    /// mask 2u of √d + 2: δ. A weight changes by a factor e^±2δ; it is off by 2.3u as a power, and by 3u|x| of its own for what it is a
    /// power of, x below the largest: 1.2u at most, as |x|·e^x is 1/e; their sum
    /// adds at most one u a vector of 256 keys, 64 together, and one for each tile; so do the outputs one for each key of a
    /// tile and for each tile. The twin's own errors are as many units of float64.
    private static func tolerance(_ shape: AttentionShape, _ type: ScalarType) -> Double {
        let (d, u) = (Double(shape.dimension), Rounding.unit(type) + Rounding.unit(.float64))
        let delta = ((d + 1) * d.squareRoot() + 2 * (d.squareRoot() + 2)) * u
        return 2 * delta + (4 + 64 + 256 + 4 * 20) * u
    }

    @Test(arguments: VectorLevel.available, ScalarType.allCases)
    func `tiles give what the slow twin gives`(level: VectorLevel, type: ScalarType) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: 11)
            for round in 0..<60 {
                let (attention, twin) = try attention(Scalar.self, &random)
                let result = try engine.attend(attention, returningWeights: round % 2 == 0, on: level)
                let tolerance = Self.tolerance(attention.shape, type)
                let worst = zip(result.output.doubles, twin.output()).map { abs($0 - $1) }.max() ?? 0
                #expect(worst <= tolerance, "round \(round), \(attention.shape)")
                guard let weights = result.weights else { continue }
                let twinWeights = twin.weights()
                let worstWeight = zip(weights.doubles, twinWeights).map { abs($0 - $1) }.max() ?? 0
                #expect(worstWeight <= tolerance, "round \(round), \(attention.shape)")
                #expect(zip(weights.doubles, twinWeights).allSatisfy { $1 != 0 || $0 == 0 })
            }
        }
        try check(type.scalar)
    }

    @Test(arguments: VectorLevel.available, ScalarType.allCases)
    func `answers do not depend on how many threads help, bit for bit`(level: VectorLevel, type: ScalarType) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: 13)
            let query = try Tensor<Scalar>.random([6, 150, 40], using: &random).any
            let key = try Tensor<Scalar>.random([2, 290, 40], using: &random).any
            let value = try Tensor<Scalar>.random([2, 290, 35], using: &random).any
            var attention = try Attention(query: query, key: key, value: value)
            attention.isCausal = true
            attention.positions = (.consecutive(from: 100), .consecutive(from: 0))
            let alone = try engine.attend(attention, returningWeights: true, on: level)
            for helperCount in [1, 2, 7] {
                let helpers = TestHelpers(helperCount: helperCount)
                let helped = try engine.attend(attention, returningWeights: true, helpedBy: helpers, on: level)
                #expect(bits(helped.output.doubles) == bits(alone.output.doubles))
                #expect(helped.weights == alone.weights)
            }
        }
        try check(type.scalar)
    }

    enum Hiding: CaseIterable { case causality, boolean, additive }

    @Test(arguments: VectorLevel.available, Hiding.allCases)
    func `of what a row does not see nothing reaches it through its tile`(level: VectorLevel, hiding: Hiding) throws {
        var random = SplitMix64(seed: 17)
        let (queries, keys) = (40, 300)
        let query = try Tensor<Float>.random([queries, 20], using: &random).any
        let key = try Tensor<Float>.random([keys, 20], using: &random)
        let value = try Tensor<Float>.random([keys, 37], using: &random)
        // Row r sees the keys that r + 1 does not divide; others see what it does not.
        func sees(_ row: Int, _ key: Int) -> Bool { hiding == .causality ? key < 7 * row : key % (row + 2) != 0 }
        func output(_ poison: Float?, at poisoned: Int) throws -> [Double] {
            var (keyElements, valueElements) = (key.elements, value.elements)
            if let poison {
                keyElements.replaceSubrange(poisoned * 20..<(poisoned + 1) * 20, with: repeatElement(poison, count: 20))
                valueElements.replaceSubrange(
                    poisoned * 37..<(poisoned + 1) * 37, with: repeatElement(poison, count: 37))
            }
            var attention = try Attention(
                query: query, key: Tensor(shape: key.shape, elements: keyElements).any,
                value: Tensor(shape: value.shape, elements: valueElements).any)
            let pairs = (0..<queries * keys).map { sees($0 / keys, $0 % keys) }
            let shape = try #require(TensorShape([queries, keys]))
            switch hiding {
            case .causality:
                attention.isCausal = true
                attention.positions = (
                    .shared((0..<queries).map { Double(7 * $0 - 1) }), .consecutive(from: 0)
                )
            case .boolean:
                attention.mask = AttentionMask(
                    .boolean(Tensor(shape: shape, elements: pairs)), for: attention.shape)
            case .additive:
                let numbers = pairs.map { $0 ? Float(0) : -.infinity }
                attention.mask = AttentionMask(
                    .additive(.float32(Tensor(shape: shape, elements: numbers))), for: attention.shape)
            }
            return try engine.attend(attention, returningWeights: false, on: level).output.doubles
        }
        let clean = try output(nil, at: 0)
        for poison in [Float.infinity, -.infinity, .nan] {
            for poisoned in [0, 12, 60, 255, 256, 299] {
                let dirty = try output(poison, at: poisoned)
                for row in 0..<queries {
                    let own = dirty[row * 37..<(row + 1) * 37]
                    if sees(row, poisoned) {
                        #expect(own.contains { !$0.isFinite }, "row \(row) sees key \(poisoned)")
                    } else {
                        #expect(bits(own) == bits(clean[row * 37..<(row + 1) * 37]), "row \(row), key \(poisoned)")
                    }
                }
            }
        }
    }

    @Test(arguments: VectorLevel.available, ScalarType.allCases)
    func `logits of ±10 000 that are whole numbers are exact, and so are weights but for their exponentials`(
        level: VectorLevel, type: ScalarType
    ) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: 19)
            func tensor(_ axes: [Int], _ most: Int) throws -> Tensor<Scalar> {
                let shape = try #require(TensorShape(axes))
                return Tensor(
                    shape: shape,
                    elements: (0..<shape.count).map { _ in Scalar(Int.random(in: -most...most, using: &random)) })
            }
            let (query, key) = (try tensor([20, 3], 58), try tensor([400, 3], 58))
            let value = try tensor([400, 2], 4)
            var attention = try Attention(query: query.any, key: key.any, value: value.any)
            attention.scale = 1
            let twin = AttentionTwin(
                shape: attention.shape, query: query.elements.map(Double.init), key: key.elements.map(Double.init),
                value: value.elements.map(Double.init), scale: 1, bias: { _, _, _, _ in 0 })
            let result = try engine.attend(attention, returningWeights: true, on: level)
            // An exponential is off by 2.04u and rounded sums by one u a key of a lane; the twin's own are of float64.
            let unit = Rounding.unit(type) + Rounding.unit(.float64)
            let weights = try #require(result.weights).doubles
            #expect(zip(weights, twin.weights()).allSatisfy { abs($0 - $1) <= 80 * unit })
            #expect(zip(result.output.doubles, twin.output()).allSatisfy { abs($0 - $1) <= 4 * 340 * unit })
        }
        try check(type.scalar)
    }

    @Test func `−1e9 in a mask is a number: where it is all that a row has, it changes nothing`() throws {
        var random = SplitMix64(seed: 21)
        let query = try Tensor<Double>.random([3, 4], using: &random).any
        let key = try Tensor<Double>.random([5, 4], using: &random).any
        var attention = try Attention(query: query, key: key, value: key)
        attention.scale = 0
        let plain = try engine.attend(attention, returningWeights: true)
        attention.mask = AttentionMask(
            .additive(try Tensor<Double>.vector(Array(repeating: -1e9, count: 5)).any), for: attention.shape)
        #expect(try engine.attend(attention, returningWeights: true) == plain)
    }

    @Test(arguments: VectorLevel.available) func `a row all of whose scores are −∞ by themselves is no number`(
        level: VectorLevel
    ) throws {
        let query = try Tensor<Float>(shape: #require(TensorShape([1, 1])), elements: [1])
        let key = try Tensor<Float>(shape: #require(TensorShape([2, 1])), elements: [-.infinity, -.infinity])
        let value = try Tensor<Float>(shape: #require(TensorShape([2, 1])), elements: [1, 2])
        let result = try engine.attend(
            Attention(query: query.any, key: key.any, value: value.any), returningWeights: true, on: level)
        #expect(result.output.doubles.allSatisfy { $0.isNaN })
        #expect(try #require(result.weights).doubles.allSatisfy { $0.isNaN })
    }
}

/// Threads of their own that do steps until none is left.
private struct TestHelpers: Helpers {
    let helperCount: Int

    func help(with step: @escaping @Sendable () -> Bool, while body: () -> Void) {
        let (group, begun) = (DispatchGroup(), DispatchSemaphore(value: 0))
        for _ in 0..<helperCount {
            group.enter()
            Thread.detachNewThread {
                var isLeft = step()
                begun.signal()
                while isLeft { isLeft = step() }
                group.leave()
            }
        }
        // So that each of them has done something.
        for _ in 0..<helperCount { #expect(begun.wait(timeout: .now() + patience) == .success) }
        body()
        #expect(group.wait(timeout: .now() + patience) == .success)
    }
}
