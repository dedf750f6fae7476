import PositionalEncoding

/// A type of elements that can be computed on, by the names that PyTorch and numpy use.
package enum FloatType: String, Sendable, CaseIterable {
    case float16
    case bfloat16
    case float32
    case float64

    /// What elements are computed in: the halves in float32, and rounded once at the end.
    package var scalar: ScalarType { self == .float64 ? .float64 : .float32 }

    package var stored: StoredType {
        switch self {
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .float32: .float32
        case .float64: .float64
        }
    }
}
