/// Elements in row-major order with a shape.
package struct Tensor<Element: Sendable & Equatable>: Sendable {
    package let shape: TensorShape
    private let storage: Storage

    private enum Storage: Sendable {
        case array([Element])
        case loan(TensorLoan)
    }

    package init(shape: TensorShape, elements: [Element]) {
        precondition(elements.count == shape.count, "\(elements.count) elements in a shape of \(shape.count)")
        self.shape = shape
        storage = .array(elements)
    }

    /// Elements that somebody else keeps.
    package init(shape: TensorShape, lent loan: TensorLoan) where Element: BitwiseCopyable {
        precondition(loan.holds(shape.count, of: Element.self), "a loan is of as many elements as the shape has")
        self.shape = shape
        storage = .loan(loan)
    }

    /// As many as the shape says; those of a loan are copied.
    package var elements: [Element] {
        switch storage {
        case .array(let elements): elements
        case .loan: unsafe withUnsafeElements { unsafe Array($0) }
        }
    }

    /// Lends the elements where they are.
    package func withSpan<Result>(_ body: (Span<Element>) throws -> Result) rethrows -> Result {
        try unsafe withUnsafeElements { try unsafe body($0.span) }
    }

    func withUnsafeElements<Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result {
        switch storage {
        case .array(let elements): try unsafe elements.withUnsafeBufferPointer(body)
        case .loan(let loan): try unsafe loan.withElements(body)
        }
    }
}

extension Tensor: Equatable {
    package static func == (one: Tensor, other: Tensor) -> Bool {
        one.shape == other.shape
            && one.withSpan { one in other.withSpan { other in one.indices.allSatisfy { one[$0] == other[$0] } } }
    }
}

extension Tensor where Element: TensorScalar {
    /// The indices of the first element that is infinite or no number; nil where all are finite.
    package var firstNonFinite: [Int]? {
        firstNonFinite(from: 0).map(shape.indices)
    }

    /// Where the first such element is, row-major, from a place on.
    func firstNonFinite(from first: Int) -> Int? {
        withSpan { Self.firstNonFinite($0, from: first) }
    }

    private static func firstNonFinite(_ elements: Span<Element>, from first: Int) -> Int? {
        let (ones, fractionBits) = (Element.infinity.bitPattern, Element.significandBitCount)
        for start in stride(from: first, to: elements.count, by: 1_024) {
            let block = start..<min(start + 1_024, elements.count)
            // Of an exponent of ones alone, 1 more carries into the sign. A block is looked through to its end, which is vector
            // code where no index is checked.
            var carries: Element.Pattern = 0
            for index in block {
                unsafe carries |=
                    (elements[unchecked: index].bitPattern & ones) &+ (1 &<< Element.Pattern(fractionBits))
            }
            if carries.leadingZeroBitCount == 0 { return block.first { !elements[$0].isFinite } }
        }
        return nil
    }
}
