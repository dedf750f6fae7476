/// Elements in row-major order with a shape.
package struct Tensor<Element: Sendable & Equatable>: Sendable, Equatable {
    package let shape: TensorShape
    /// As many as the shape says.
    package private(set) var elements: [Element]

    package init(shape: TensorShape, elements: [Element]) {
        precondition(elements.count == shape.count, "\(elements.count) elements in a shape of \(shape.count)")
        self.shape = shape
        self.elements = elements
    }
}

extension Tensor where Element: TensorScalar {
    /// The indices of the first element that is infinite or no number; nil where all are finite.
    package var firstNonFinite: [Int]? {
        // A block is looked through to its end, which is vector code.
        for start in stride(from: 0, to: elements.count, by: 1_024) {
            let block = elements[start..<min(start + 1_024, elements.count)]
            var hits: UInt32 = 0
            for element in block { hits |= element.isFinite ? 0 : 1 }
            if hits != 0 { return block.firstIndex { !$0.isFinite }.map { shape.indices(at: $0) } }
        }
        return nil
    }
}
