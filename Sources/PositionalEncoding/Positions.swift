/// The positions of a tensor's rows, in tokens.
package enum Positions: Sendable, Equatable {
    /// first, first + 1, …, along each sequence.
    case consecutive(from: Double)
    /// One for each row, the same for all sequences.
    case shared([Double])
    /// One list for each index of the first axis.
    case perBatch([[Double]])
    /// For each axis (`PairAxes`) one list that serves all sequences, or one for each index of the first axis.
    case perAxis([[[Double]]])

    /// A position past this is no longer one apart from the next in float64.
    package static let maxMagnitude = 9_007_199_254_740_992.0

    package static func isInBounds(_ position: Double) -> Bool {
        // No number compares false.
        abs(position) <= maxMagnitude
    }

    /// True where there is a position in bounds for each row of the shape.
    package func fit(_ shape: TensorShape) -> Bool {
        switch self {
        case .consecutive(let first):
            // The last position, first + s − 1, may round into bounds; the difference is exact.
            Self.isInBounds(first) && first <= Self.maxMagnitude - Double(shape.sequenceLength - 1)
        case .shared(let list):
            list.count == shape.sequenceLength && list.allSatisfy(Self.isInBounds)
        case .perBatch(let lists):
            shape.rank >= 3 && lists.count == shape.axes[0]
                && lists.allSatisfy { $0.count == shape.sequenceLength && $0.allSatisfy(Self.isInBounds) }
        case .perAxis(let axes):
            Set(axes.map(\.count)).count == 1
                && axes.allSatisfy { lists in
                    (lists.count == 1 ? .shared(lists[0]) : Positions.perBatch(lists)).fit(shape)
                }
        }
    }

    /// How many lists there are; one that serves all counts as one.
    package var listCount: Int {
        switch self {
        case .consecutive, .shared: 1
        case .perBatch(let lists): lists.count
        case .perAxis(let axes): axes.first?.count ?? 1
        }
    }

    /// How many positions a token has; nil where the one serves every axis.
    package var axisCount: Int? {
        if case .perAxis(let axes) = self { axes.count } else { nil }
    }

    /// The lengths that `count` rows reach to, ⌈largest position⌉ + 1: of each batch, or one for all.
    package func reaches(rows count: Int) -> [Double] {
        switch self {
        case .consecutive(let first): [(first + Double(count - 1)).rounded(.up) + 1]
        case .shared(let list): [(list.max() ?? 0).rounded(.up) + 1]
        case .perBatch(let lists): lists.map { ($0.max() ?? 0).rounded(.up) + 1 }
        case .perAxis(let axes):
            (0..<listCount).map { batch in (axes.compactMap { $0[batch].max() }.max() ?? 0).rounded(.up) + 1 }
        }
    }

    /// The positions of `length` rows on one axis: of each batch, or one list for all.
    package func lists(length: Int) -> [[Double]] {
        switch self {
        case .consecutive(let first): [(0..<length).map { first + Double($0) }]
        case .shared(let list): [list]
        case .perBatch(let lists): lists
        case .perAxis: preconditionFailure("tokens with several positions have no order by them")
        }
    }

    /// The same, where there is but one axis.
    var onOneAxis: Positions {
        guard case .perAxis(let axes) = self, axes.count == 1, let lists = axes.first else { return self }
        return lists.count == 1 ? .shared(lists[0]) : .perBatch(lists)
    }

    /// Those of the last `count` rows of `length`.
    package func last(_ count: Int, of length: Int) -> Positions {
        precondition(count <= length)
        return switch self {
        case .consecutive(let first): .consecutive(from: first + Double(length - count))
        case .shared(let list): .shared(list.suffix(count))
        case .perBatch(let lists): .perBatch(lists.map { $0.suffix(count) })
        case .perAxis(let axes): .perAxis(axes.map { lists in lists.map { $0.suffix(count) } })
        }
    }
}
