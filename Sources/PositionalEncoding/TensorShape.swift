/// The lengths of a tensor's axes, outermost first: `[b, h, s, d]` for queries of a batch.
///
/// Of 1 to 8 axes, none empty, and with a product that is an Int.
package struct TensorShape: Sendable, Equatable {
    package static let maxRank = 8

    package let axes: [Int]
    /// The product of the axes.
    package let count: Int

    /// nil where the axes are not those of a tensor.
    package init?(_ axes: [Int]) {
        guard (1...Self.maxRank).contains(axes.count), axes.allSatisfy({ $0 > 0 }) else { return nil }
        var count = 1
        for axis in axes {
            let (product, overflow) = count.multipliedReportingOverflow(by: axis)
            guard !overflow else { return nil }
            count = product
        }
        self.axes = axes
        self.count = count
    }

    package var rank: Int { axes.count }

    /// The length of the last axis, the head dimension d.
    package var dimension: Int { axes[rank - 1] }

    /// The length of the axis before the last, the sequence s; 1 for a single vector.
    package var sequenceLength: Int { rank >= 2 ? axes[rank - 2] : 1 }

    /// How many sequences there are: the product of all axes before the sequence, b·h.
    package var sequenceCount: Int { count / (sequenceLength * dimension) }

    /// The indices of the element at an offset in row-major order.
    package func indices(at offset: Int) -> [Int] {
        precondition((0..<count).contains(offset))
        var rest = offset
        return axes.reversed().map { axis in
            defer { rest /= axis }
            return rest % axis
        }.reversed()
    }
}
