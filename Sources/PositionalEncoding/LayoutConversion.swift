/// A change of layout without a turn: moves the elements of pairs to where another layout has them.
package struct LayoutConversion: Sendable {
    /// d, the length of a vector.
    private let dimension: Int
    private let pairs: PairRun

    /// `rotaryDimension` elements from `start` on are moved, of vectors of `dimension`; the others stay.
    package init(dimension: Int, rotaryDimension: Int, start: Int, from layout: PairLayout, to output: PairLayout) {
        precondition(start >= 0 && rotaryDimension >= 0 && start + rotaryDimension <= dimension)
        self.dimension = dimension
        pairs = PairRun(rotaryDimension: rotaryDimension, start: start, from: layout, to: output)
    }

    /// The same elements in their new places.
    ///
    /// `width` is how many numbers each element is: 1 for vectors along the last axis, the length of a row for the rows of a
    /// weight.
    package func convert(_ tensor: AnyTensor, width: Int) -> AnyTensor {
        switch tensor {
        case .float32(let tensor): .float32(convert(tensor, width))
        case .float64(let tensor): .float64(convert(tensor, width))
        }
    }

    private func convert<Scalar>(_ tensor: Tensor<Scalar>, _ width: Int) -> Tensor<Scalar> {
        precondition(tensor.shape.count.isMultiple(of: dimension * width))
        var elements = tensor.elements
        func move(_ source: Int, _ target: Int, _ vector: Int) {
            let (from, to) = ((vector + source) * width, (vector + target) * width)
            for offset in 0..<width { elements[to + offset] = tensor.elements[from + offset] }
        }
        for vector in stride(from: 0, to: tensor.shape.count / width, by: dimension) {
            for pair in 0..<pairs.count {
                let (read, written) = (pairs.source, pairs.target)
                move(read.first + pair * read.stride, written.first + pair * written.stride, vector)
                move(read.second + pair * read.stride, written.second + pair * written.stride, vector)
            }
        }
        return Tensor(shape: tensor.shape, elements: elements)
    }
}
