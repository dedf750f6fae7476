import PositionalEncoding
import TestSupport
import Testing

/// An attention over random tensors, and what it must give.
struct AttentionRequest<Scalar: TensorScalar> {
    let attention: Attention
    private let tensors: [Tensor<Scalar>]

    /// Of 1 to 3 batches, heads and so on; a random mask, causality and positions where `isPlain` is false.
    init(isPlain: Bool = false, using random: inout SplitMix64) throws {
        let rank = Int.random(in: 2...4, using: &random)
        func upTo(_ most: Int) -> Int { Int.random(in: 1...most, using: &random) }
        let keyHeads = upTo(3)
        let leading = [upTo(3), keyHeads].suffix(rank - 2)
        let (queryLength, extra, dimension, valueDimension) = (upTo(6), upTo(6) - 1, 2 * upTo(10), upTo(20))
        let keyLength = queryLength + extra
        let queryLeading = rank == 2 ? [] : leading.dropLast() + [keyHeads * upTo(3)]
        tensors = [
            try .random(queryLeading + [queryLength, dimension], using: &random),
            try .random(leading + [keyLength, dimension], using: &random),
            try .random(leading + [keyLength, valueDimension], using: &random),
        ]
        var attention = try Attention(query: tensors[0].any, key: tensors[1].any, value: tensors[2].any)
        if !isPlain {
            attention.scale = Double.random(in: -1..<1, using: &random)
            attention.isCausal = Bool.random(using: &random)
            // Positions in 0..<8, so that some are equal and some queries see no key.
            func positions(_ count: Int) -> [Double] {
                (0..<count).map { _ in Double.random(in: 0..<8, using: &random).rounded() }
            }
            attention.positions = (.shared(positions(queryLength)), .shared(positions(keyLength)))
            attention.mask = try Self.randomMask(attention.shape, &random)
        }
        self.attention = attention
    }

    private static func randomMask(_ shape: AttentionShape, _ random: inout SplitMix64) throws -> AttentionMask? {
        let axes = shape.scoreAxes.suffix(Int.random(in: 0...shape.rank, using: &random))
            .map { Bool.random(using: &random) ? $0 : 1 }
        guard let maskShape = TensorShape(Array(axes)) else { return nil }
        let elements: AttentionMask.Elements
        if Bool.random(using: &random) {
            elements = .boolean(
                Tensor(
                    shape: maskShape,
                    elements: (0..<maskShape.count).map { _ in Int.random(in: 0..<3, using: &random) > 0 }))
        } else {
            let numbers = (0..<maskShape.count).map { _ in
                Int.random(in: 0..<4, using: &random) == 0
                    ? -Scalar.infinity : Scalar(Double.random(in: -2..<2, using: &random))
            }
            elements = .additive(Tensor(shape: maskShape, elements: numbers).any)
        }
        let mask = AttentionMask(elements, for: shape)
        #expect(mask != nil)
        return mask
    }

    /// The definition's answer to the same elements.
    var twin: AttentionTwin {
        let attention = attention
        let shape = attention.shape
        return AttentionTwin(
            shape: shape, query: tensors[0].elements.map(Double.init), key: tensors[1].elements.map(Double.init),
            value: tensors[2].elements.map(Double.init), scale: Double(Scalar(attention.scale))
        ) { batch, head, query, key in
            if attention.isCausal, let (queries, keys) = attention.positions,
                keys.lists(length: shape.keyLength)[0][key] > queries.lists(length: shape.queryLength)[0][query]
            {
                return nil
            }
            guard let mask = attention.mask else { return 0 }
            let axes = mask.elements.shape.axes
            // Row-major, by the axes that the mask has, and 0 along those that stretch.
            let offset = zip(axes, [batch, head, query, key].suffix(axes.count)).reduce(0) { offset, axis in
                offset * axis.0 + (axis.0 == 1 ? 0 : axis.1)
            }
            let added: Double =
                switch mask.elements {
                case .boolean(let tensor): tensor.elements[offset] ? 0 : -.infinity
                case .additive(.float32(let tensor)): Double(tensor.elements[offset])
                case .additive(.float64(let tensor)): tensor.elements[offset]
                }
            return added == -.infinity ? nil : added
        }
    }
}

extension Tensor where Element: TensorScalar {
    var any: AnyTensor {
        switch self {
        case let tensor as Tensor<Float>: .float32(tensor)
        case let tensor as Tensor<Double>: .float64(tensor)
        default: preconditionFailure("a tensor is of one of two types")
        }
    }
}

extension [Double] {
    /// Some rows of so many elements each, one after the other.
    func rows(_ rows: [Int], length: Int) -> [Double] {
        rows.flatMap { self[$0 * length..<($0 + 1) * length] }
    }
}

extension AnyTensor {
    /// Widened, which is exact.
    var doubles: [Double] {
        switch self {
        case .float32(let tensor): tensor.elements.map(Double.init)
        case .float64(let tensor): tensor.elements
        }
    }
}
