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

    private func convert<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>, _ width: Int) -> Tensor<Scalar> {
        var elements = tensor.elements
        var target = elements.mutableSpan
        move(tensor.elements.span, into: &target, width: width)
        return Tensor(shape: tensor.shape, elements: elements)
    }

    /// The same elements in their new places in other memory, of which every element is written.
    package func convert(_ source: Span<Float>, into target: inout MutableSpan<Float>, width: Int) {
        copy(source, into: &target)
        move(source, into: &target, width: width)
    }

    /// The same in float64.
    package func convert(_ source: Span<Double>, into target: inout MutableSpan<Double>, width: Int) {
        copy(source, into: &target)
        move(source, into: &target, width: width)
    }

    private func copy<Scalar: TensorScalar>(_ source: Span<Scalar>, into target: inout MutableSpan<Scalar>) {
        precondition(source.count == target.count)
        for index in source.indices { target[index] = source[index] }
    }

    /// Writes the elements of pairs; the others are there.
    private func move<Scalar: TensorScalar>(
        _ source: Span<Scalar>, into target: inout MutableSpan<Scalar>, width: Int
    ) {
        precondition(source.count.isMultiple(of: dimension * width))
        for vector in stride(from: 0, to: source.count / width, by: dimension) {
            for pair in 0..<pairs.count {
                let (read, written) = (pairs.source, pairs.target)
                let first = (vector + read.first + pair * read.stride) * width
                let second = (vector + read.second + pair * read.stride) * width
                let firstTarget = (vector + written.first + pair * written.stride) * width
                let secondTarget = (vector + written.second + pair * written.stride) * width
                for offset in 0..<width {
                    target[firstTarget + offset] = source[first + offset]
                    target[secondTarget + offset] = source[second + offset]
                }
            }
        }
    }
}
