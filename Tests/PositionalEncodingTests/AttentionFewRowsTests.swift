import PositionalEncoding
import TestSupport
import Testing

/// Few rows over many keys, as in a decode step: keys are read where they are, and what is computed stays the same.
@Suite struct AttentionFewRowsTests {
    private let engine = RotaryEngine(maxCacheBytes: 1 << 20)

    /// Around the sides of vectors, tiles and what is summed at once.
    private static let dimensions = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 128, 255, 256, 257, 300, 515]
    private static let keyLengths = [1, 2, 7, 8, 15, 16, 17, 31, 33, 127, 128, 129, 255, 256, 257, 272, 300, 513]

    @Test(arguments: VectorLevel.available, ScalarType.allCases)
    func `a row gets alone what it gets among others, bit for bit`(level: VectorLevel, type: ScalarType) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: 23)
            for round in 0..<80 {
                let rows = try SharedRows<Scalar>(
                    heads: Int.random(in: 1...4, using: &random),
                    dimension: Self.dimensions.randomElement(using: &random) ?? 1,
                    valueDimension: Self.dimensions.randomElement(using: &random) ?? 1,
                    keyLength: Self.keyLengths.randomElement(using: &random) ?? 1, using: &random)
                let count = Int.random(in: 1...2, using: &random)
                let first = Int.random(in: 0...rows.queryLength - count, using: &random)
                try expectSame(rows, first..<first + count, returningWeights: round % 2 == 0, on: level)
            }
        }
        try check(type.scalar)
    }

    @Test(arguments: VectorLevel.available)
    func `so it does where values are wider than there is room to sum them aside`(level: VectorLevel) throws {
        var random = SplitMix64(seed: 25)
        let rows = try SharedRows<Float>(
            heads: 4, dimension: 3, valueDimension: 17_000, keyLength: 33, using: &random)
        try expectSame(rows, 3..<4, returningWeights: false, on: level)
    }

    /// Of each head, a run of the queries gets what these get among all.
    private func expectSame<Scalar: TensorScalar>(
        _ rows: SharedRows<Scalar>, _ range: Range<Int>, returningWeights: Bool, on level: VectorLevel
    ) throws {
        let whole = try engine.attend(
            rows.attention(0..<rows.queryLength), returningWeights: returningWeights, on: level)
        let few = try engine.attend(rows.attention(range), returningWeights: returningWeights, on: level)
        let own = (0..<rows.heads).flatMap { head in range.map { head * rows.queryLength + $0 } }
        func expectSame(_ few: AnyTensor, _ whole: AnyTensor) {
            // What kind of no number it is depends on the order of operands, which nothing fixes.
            let expected = whole.doubles.rows(own, length: whole.shape.dimension)
            let isSame = zip(few.doubles, expected).allSatisfy {
                $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN
            }
            #expect(isSame && few.doubles.count == expected.count, "\(range) of \(rows.axes)")
        }
        expectSame(few.output, whole.output)
        if returningWeights { try expectSame(#require(few.weights), #require(whole.weights)) }
    }
}

/// Random queries of some heads over the keys of one, of which any run makes an attention with the same options.
private struct SharedRows<Scalar: TensorScalar> {
    /// So many rows that they are many together, and two a head are few.
    let (heads, queryLength): (Int, Int)
    private let (query, key, value): (Tensor<Scalar>, Tensor<Scalar>, Tensor<Scalar>)
    private let positions: (query: [Double], key: [Double])?
    private let scale: Double
    private let mask: (axes: [Int], hides: [Bool], added: [Scalar])
    private let isAdded: Bool

    var axes: [[Int]] { [query.shape.axes, key.shape.axes, value.shape.axes, mask.axes] }

    init(
        heads: Int, dimension: Int, valueDimension: Int, keyLength: Int, using random: inout SplitMix64
    ) throws {
        let queryLength = 16
        (self.heads, self.queryLength) = (heads, queryLength)
        query = try .random([heads, queryLength, dimension], using: &random)
        var (keys, values) = (
            try Tensor<Scalar>.random([1, keyLength, dimension], using: &random),
            try Tensor<Scalar>.random([1, keyLength, valueDimension], using: &random)
        )
        if Bool.random(using: &random) {
            // A key that some rows see and others do not.
            let poisoned = Int.random(in: 0..<keyLength, using: &random)
            let poison = [Scalar.nan, .infinity, -.infinity].randomElement(using: &random) ?? .nan
            keys = Tensor(shape: keys.shape, elements: keys.elements.replacing(poisoned, of: dimension, by: poison))
            values = Tensor(
                shape: values.shape, elements: values.elements.replacing(poisoned, of: valueDimension, by: poison))
        }
        (key, value) = (keys, values)
        scale = Bool.random(using: &random) ? Double.random(in: -0.5..<0.5, using: &random) : 0.1
        switch Int.random(in: 0..<3, using: &random) {
        case 0: positions = nil
        case 1:
            positions = (
                (0..<queryLength).map { Double(keyLength - queryLength + $0) }, (0..<keyLength).map(Double.init)
            )
        default:
            positions = (
                (0..<queryLength).map { _ in Double.random(in: 0..<9, using: &random) },
                (0..<keyLength).map { _ in Double.random(in: 0..<9, using: &random) }
            )
        }
        let axes = [heads, queryLength, keyLength].map { Bool.random(using: &random) ? $0 : 1 }
        let count = axes.reduce(1, *)
        let hides = (0..<count).map { _ in Int.random(in: 0..<5, using: &random) == 0 }
        mask = (axes, hides, hides.map { $0 ? -.infinity : Scalar(Double.random(in: -2..<2, using: &random)) })
        isAdded = Bool.random(using: &random)
    }

    /// Of a run of the queries of each head.
    func attention(_ range: Range<Int>) throws -> Attention {
        func part<Element>(_ elements: [Element], _ axes: [Int]) throws -> Tensor<Element> {
            let (length, width) = (axes[1], axes[2])
            guard length > 1 else {
                return Tensor(shape: try #require(TensorShape(axes)), elements: elements)
            }
            return Tensor(
                shape: try #require(TensorShape([axes[0], range.count, width])),
                elements: (0..<axes[0]).flatMap {
                    elements[($0 * length + range.lowerBound) * width..<($0 * length + range.upperBound) * width]
                })
        }
        var attention = try Attention(
            query: part(query.elements, query.shape.axes).any, key: key.any, value: value.any)
        attention.scale = scale
        if let positions {
            attention.isCausal = true
            attention.positions = (.shared(Array(positions.query[range])), .shared(positions.key))
        }
        attention.mask = AttentionMask(
            try isAdded
                ? .additive(part(mask.added, mask.axes).any) : .boolean(part(mask.hides.map { !$0 }, mask.axes)),
            for: attention.shape)
        #expect(attention.mask != nil)
        return attention
    }
}

extension Array where Element: TensorScalar {
    fileprivate func replacing(_ row: Int, of length: Int, by element: Element) -> [Element] {
        var elements = self
        elements.replaceSubrange(row * length..<(row + 1) * length, with: repeatElement(element, count: length))
        return elements
    }
}
