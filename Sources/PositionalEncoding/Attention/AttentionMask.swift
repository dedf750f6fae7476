/// Which keys a query sees besides those that causality hides, or what is added to their scaled scores.
///
/// Its axes are aligned at the right of `[b, hq, tq, tk]`; those of length 1 stretch.
package struct AttentionMask: Sendable, Equatable {
    package enum Elements: Sendable, Equatable {
        /// true: attend.
        case boolean(Tensor<Bool>)
        /// Added to the scaled scores; −∞ hides.
        case additive(AnyTensor)

        package var shape: TensorShape {
            switch self {
            case .boolean(let tensor): tensor.shape
            case .additive(let tensor): tensor.shape
            }
        }
    }

    package let elements: Elements
    /// From one batch, head, query and key to the next; 0 along an axis that stretches.
    let strides: [Int]

    /// nil where the elements cannot be stretched to the scores of a shape.
    package init?(_ elements: Elements, for shape: AttentionShape) {
        let axes = elements.shape.axes
        let wanted = shape.scoreAxes.suffix(axes.count)
        guard axes.count <= shape.rank, zip(axes, wanted).allSatisfy({ $0 == 1 || $0 == $1 }) else { return nil }
        var strides: [Int] = []
        var step = 1
        for axis in axes.reversed() {
            strides.append(axis == 1 ? 0 : step)
            step *= axis
        }
        strides += Array(repeating: 0, count: 4 - strides.count)
        self.elements = elements
        self.strides = strides.reversed()
    }

    /// Where in the elements the scores of a head begin.
    func start(batch: Int, head: Int) -> Int {
        batch * strides[0] + head * strides[1]
    }
}

extension AttentionMask {
    /// Whether it lets a query see a key.
    func shows(key: Int, to query: Int, batch: Int, head: Int) -> Bool {
        let place = start(batch: batch, head: head) + query * strides[2] + key * strides[3]
        return switch elements {
        // Elements that are lent are copied where they are asked for as an array.
        case .boolean(let tensor): tensor.withSpan { $0[place] }
        case .additive(.float32(let tensor)): tensor.withSpan { $0[place] != -.infinity }
        case .additive(.float64(let tensor)): tensor.withSpan { $0[place] != -.infinity }
        }
    }

    /// Whether keys are seen; nil where the mask is added.
    var visibility: [Bool]? {
        if case .boolean(let tensor) = elements { tensor.elements } else { nil }
    }

    /// What is added to the scaled scores; nil where the mask only hides.
    func bias<Scalar: TensorScalar>(_: Scalar.Type) -> [Scalar]? {
        switch elements {
        case .additive(.float32(let tensor)): tensor.elements as? [Scalar]
        case .additive(.float64(let tensor)): tensor.elements as? [Scalar]
        case .boolean: nil
        }
    }
}
