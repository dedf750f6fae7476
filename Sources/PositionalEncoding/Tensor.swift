/// Numbers in row-major order with a shape.
package struct Tensor<Scalar: TensorScalar>: Sendable, Equatable {
    package let shape: TensorShape
    /// As many as the shape says.
    package private(set) var elements: [Scalar]

    package init(shape: TensorShape, elements: [Scalar]) {
        precondition(elements.count == shape.count, "\(elements.count) elements in a shape of \(shape.count)")
        self.shape = shape
        self.elements = elements
    }

    /// The indices of the first element that is infinite or no number; nil where all are finite.
    package var firstNonFinite: [Int]? {
        elements.firstIndex { !$0.isFinite }.map { shape.indices(at: $0) }
    }
}
