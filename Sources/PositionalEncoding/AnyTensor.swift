/// A tensor of either scalar type.
package enum AnyTensor: Sendable, Equatable {
    case float32(Tensor<Float>)
    case float64(Tensor<Double>)

    package var shape: TensorShape {
        switch self {
        case .float32(let tensor): tensor.shape
        case .float64(let tensor): tensor.shape
        }
    }

    /// The indices of the first element that is infinite or no number; nil where all are finite.
    package var firstNonFinite: [Int]? {
        switch self {
        case .float32(let tensor): tensor.firstNonFinite
        case .float64(let tensor): tensor.firstNonFinite
        }
    }
}
