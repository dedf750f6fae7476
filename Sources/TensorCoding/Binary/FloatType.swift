import PositionalEncoding

/// A type of elements that can be computed on, by the names that PyTorch and numpy use.
package enum FloatType: String, Sendable, CaseIterable {
    case float16
    case bfloat16
    case float32
    case float64

    /// What elements are computed in: the halves in float32, and rounded once at the end.
    package var scalar: ScalarType { self == .float64 ? .float64 : .float32 }

    /// A tensor that was computed, with its elements rounded to this type; they stay in what they were computed in.
    package func rounded(_ tensor: AnyTensor) -> AnyTensor {
        guard case .float32(let numbers) = tensor else { return tensor }
        func each(_ round: (Float) -> Float) -> AnyTensor {
            .float32(Tensor(shape: numbers.shape, elements: numbers.elements.map(round)))
        }
        switch self {
        case .float16: return each { HalfPrecision.float(fromFloat16: HalfPrecision.float16($0)) }
        case .bfloat16: return each { HalfPrecision.float(fromBFloat16: HalfPrecision.bfloat16($0)) }
        case .float32, .float64: return tensor
        }
    }

    package var stored: StoredType {
        switch self {
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .float32: .float32
        case .float64: .float64
        }
    }
}
