/// A way to change the ladder of frequencies, by its parameters; one that is made is valid.
protocol LadderScaling: Sendable, Hashable {
    /// What rotated elements are multiplied by.
    var attentionFactor: Double { get }

    /// Two where every even rotary dimension is fine.
    var leastRotaryDimension: Int { get }

    /// Whether a base of 1, of which the logarithm is 0, has no ladder.
    var needsBaseAboveOne: Bool { get }

    /// What of a length the ladder depends on: nil where it is that of the original length.
    func ladderLength(_ length: Double) -> Double?

    /// Lengths that the model was trained for, and that the scaling is for, in positions; nil where it does not say.
    var contexts: (original: Double?, extended: Double?) { get }

    /// `length` is what `ladderLength` gives.
    func scale<Arithmetic>(_ plain: PlainLadder<Arithmetic>, length: Double?) -> ScaledLadder<Arithmetic.Element>
}

extension LadderScaling {
    package var attentionFactor: Double { 1 }
    package var leastRotaryDimension: Int { 2 }
    package var needsBaseAboveOne: Bool { false }
    package func ladderLength(_ length: Double) -> Double? { nil }
    package var contexts: (original: Double?, extended: Double?) { (nil, nil) }
}
