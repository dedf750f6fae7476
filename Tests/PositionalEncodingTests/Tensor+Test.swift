import PositionalEncoding
import TestSupport
import Testing

extension Tensor where Element: TensorScalar {
    /// Elements of the magnitude that activations have.
    static func random(_ axes: [Int], using random: inout SplitMix64) throws -> Tensor {
        let shape = try #require(TensorShape(axes))
        let elements = (0..<shape.count).map { _ in Element(Double.random(in: -4..<4, using: &random)) }
        return Tensor(shape: shape, elements: elements)
    }

    static func vector(_ elements: [Element]) throws -> Tensor {
        Tensor(shape: try #require(TensorShape([elements.count])), elements: elements)
    }

    /// The tensor as one vector, turned with an engine of its own.
    func turned(at position: Double, by parameters: RotaryParameters, inverse: Bool = false) -> Tensor {
        RotaryEngine(maxCacheBytes: 1 << 20)
            .rotate(self, at: .shared([position]), by: parameters, inverse ? .inverse : .forward)
    }

    /// The pairs (a, b) in float64, by the definition of the layout.
    func pairs(_ layout: PairLayout) -> [Pair] {
        let half = elements.count / 2
        return (0..<half).map { pair in
            switch layout {
            case .interleaved: Pair(Double(elements[2 * pair]), Double(elements[2 * pair + 1]))
            case .half: Pair(Double(elements[pair]), Double(elements[pair + half]))
            }
        }
    }
}

/// Bits of an element: unlike ==, they tell −0 from 0 and find no number equal to itself.
func bits<Scalar: TensorScalar>(_ elements: some Sequence<Scalar>) -> [UInt64] {
    elements.map { element in
        // Widening is exact and keeps signs.
        switch element {
        case let float as Float: UInt64(float.bitPattern)
        default: Double(element).bitPattern
        }
    }
}
