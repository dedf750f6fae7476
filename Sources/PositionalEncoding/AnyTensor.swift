/// A tensor of either scalar type.
///
/// What computes takes this and not a generic tensor: code is specialized for a type within its own module only.
package enum AnyTensor: Sendable, Equatable {
    case float32(Tensor<Float>)
    case float64(Tensor<Double>)

    package var shape: TensorShape {
        switch self {
        case .float32(let tensor): tensor.shape
        case .float64(let tensor): tensor.shape
        }
    }

    package var type: ScalarType {
        switch self {
        case .float32: .float32
        case .float64: .float64
        }
    }

    /// The indices of the first element that is infinite or no number; nil where all are finite.
    package var firstNonFinite: [Int]? {
        switch self {
        case .float32(let tensor): tensor.firstNonFinite
        case .float64(let tensor): tensor.firstNonFinite
        }
    }

    /// Where the first such element is, row-major, from a place on.
    package func firstNonFinite(from first: Int) -> Int? {
        switch self {
        case .float32(let tensor): tensor.firstNonFinite(from: first)
        case .float64(let tensor): tensor.firstNonFinite(from: first)
        }
    }

    /// The elements rounded to a type.
    package func converted(to type: ScalarType) -> AnyTensor {
        switch (self, type) {
        case (.float32(let tensor), .float64):
            .float64(Tensor(shape: tensor.shape, elements: tensor.elements.map(Double.init)))
        case (.float64(let tensor), .float32):
            .float32(Tensor(shape: tensor.shape, elements: tensor.elements.map { Float($0) }))
        default: self
        }
    }

    /// True where every element is 0 or 1, and one is 1.
    package var isBinary: Bool {
        switch self {
        case .float32(let tensor): tensor.elements.allSatisfy { $0 == 0 || $0 == 1 } && tensor.elements.contains(1)
        case .float64(let tensor): tensor.elements.allSatisfy { $0 == 0 || $0 == 1 } && tensor.elements.contains(1)
        }
    }
}
