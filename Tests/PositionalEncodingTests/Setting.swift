import PositionalEncoding
import Testing

/// One run of a claim: for which scalars and layout, and the seed of its random input, which a failure prints.
struct Setting: Sendable, CustomTestStringConvertible {
    let type: ScalarType
    let layout: PairLayout
    let seed: UInt64

    static let all = ScalarType.allCases.flatMap { type in
        PairLayout.allCases.flatMap { layout in
            (1...3).map { Setting(type: type, layout: layout, seed: $0) }
        }
    }

    var testDescription: String { "\(type), \(layout), seed \(seed)" }
}

extension ScalarType {
    var scalar: any TensorScalar.Type {
        switch self {
        case .float32: Float.self
        case .float64: Double.self
        }
    }
}
