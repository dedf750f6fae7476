/// Everything that says how a vector is rotated but its position. Valid once made.
package struct RotaryParameters: Sendable, Hashable {
    package static let maxDimension = 65_536
    package static let bases = 1.0...1e30
    package static let defaultBase = 10_000.0

    /// d, the length of a vector.
    package let dimension: Int
    /// r, how many elements of a vector turn; even.
    package let rotaryDimension: Int
    /// The first element that turns.
    package let rotaryStart: Int
    /// θ of the ladder: pair i of the r/2 turns by θ^(−2i/r) rad per position.
    package let base: Double
    package let layout: PairLayout
    /// In which turned elements are written, and read where they are turned back or on.
    package let outputLayout: PairLayout
    package let scaling: Scaling
    package let axes: PairAxes
    /// What the caller has in place of the ladder that base and scaling make.
    package let substitute: LadderSubstitute?
    package let precision: Precision
    /// The length that chooses the ladder, in positions, for scalings that have several; nil leaves it to the positions.
    package let length: Double?

    /// Throws `RotaryParameterError`, which says what is wrong with which.
    package init(
        dimension: Int, rotaryDimension: Int? = nil, rotaryStart: Int = 0, base: Double = defaultBase,
        layout: PairLayout = .interleaved, outputLayout: PairLayout? = nil, scaling: Scaling = .none,
        axes: PairAxes = .single, substitute: LadderSubstitute? = nil, precision: Precision = .float64,
        length: Double? = nil
    ) throws(RotaryParameterError) {
        guard (1...Self.maxDimension).contains(dimension) else { throw .dimension(dimension) }
        if let rotaryDimension {
            guard rotaryDimension > 0, rotaryDimension.isMultiple(of: 2) else {
                throw .rotaryDimension(rotaryDimension)
            }
            guard rotaryDimension <= dimension else {
                throw .rotaryDimensionTooLarge(rotaryDimension, dimension: dimension)
            }
            guard (0...dimension - rotaryDimension).contains(rotaryStart) else {
                throw .rotaryStart(rotaryStart, largest: dimension - rotaryDimension)
            }
        } else {
            guard dimension.isMultiple(of: 2) else { throw .oddDimension(dimension) }
            guard rotaryStart == 0 else { throw .rotaryStart(rotaryStart, largest: 0) }
        }
        guard Self.bases.contains(base) else { throw .base(base) }
        let turning = rotaryDimension ?? dimension
        try axes.check(rotaryDimension: turning)
        if let substitute {
            guard substitute.pairCount == turning / 2 else {
                throw .substitutePairs(substitute.pairCount, pairs: turning / 2)
            }
        } else {
            do throws(RotaryParameterError) {
                try scaling.check(rotaryDimension: axes.ladderDimension(of: turning), base: base)
            } catch {
                // Of a ladder for half of the dimension, what is wrong is said of the whole.
                guard case .rotaryDimensionTooSmall(let ladder, let least, let name) = error else { throw error }
                throw .rotaryDimensionTooSmall(turning, least: least * (turning / ladder), name)
            }
        }
        self.dimension = dimension
        self.rotaryDimension = turning
        self.rotaryStart = rotaryStart
        self.base = base
        self.layout = layout
        self.outputLayout = outputLayout ?? layout
        self.scaling = scaling
        self.axes = axes
        self.substitute = substitute
        self.precision = precision
        self.length = length
    }

    /// p = r/2, the number of pairs.
    package var pairCount: Int { rotaryDimension / 2 }

    /// What rotated elements are multiplied by.
    package var attentionFactor: Double {
        if case .tables = substitute { 1 } else { scaling.attentionFactor }
    }

    /// Whether the ladder depends on the length of the sequence.
    package var dependsOnLength: Bool { substitute == nil && scaling.dependsOnLength }

    /// Where the pairs of a vector stand: `layout` is that of vectors that are not turned, `outputLayout` that of turned ones.
    func pairs(_ direction: RotationDirection) -> PairRun {
        let (from, to) =
            switch direction {
            case .forward: (layout, outputLayout)
            case .inverse: (outputLayout, layout)
            case .shift: (outputLayout, outputLayout)
            }
        return PairRun(rotaryDimension: rotaryDimension, start: rotaryStart, from: from, to: to)
    }
}

/// Why rotary parameters cannot be, by the parameter that is to blame.
package enum RotaryParameterError: Error, Equatable {
    case dimension(Int)
    /// No `rotaryDimension` was given and the dimension is odd.
    case oddDimension(Int)
    case rotaryDimension(Int)
    case rotaryDimensionTooLarge(Int, dimension: Int)
    /// Where the elements that turn would not end within the vector, or begin before it.
    case rotaryStart(Int, largest: Int)
    case base(Double)
    /// The scaling has a ladder from `least` elements on.
    case rotaryDimensionTooSmall(Int, least: Int, Scaling.Name)
    /// The scaling divides by the logarithm of the base.
    case baseOfOne(Scaling.Name)
    /// A list of factors, one a pair, has not as many.
    case factorCount(String, Int, pairs: Int)
    /// The sections of all axes together are not as many pairs as turn.
    case sections(sum: Int, pairs: Int)
    /// Taking every third pair, an axis does not find as many as its section has.
    case interleavedSection(PositionAxis, Int, pairs: Int)
    /// There is not one axis named for each pair.
    case axisCount(Int, pairs: Int)
    /// The pairs cannot be halved for two axes.
    case unevenAxes(Int)
    /// What stands in place of the ladder is for another number of pairs.
    case substitutePairs(Int, pairs: Int)
}
