/// The ladder that a scaling starts from: base^(−2i/r) for pair i.
///
/// J. Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", arXiv:2104.09864, §3.2.2.
struct PlainLadder<Arithmetic: LadderArithmetic> {
    typealias Scalar = Arithmetic.Scalar
    typealias Element = Arithmetic.Element

    /// r, how many elements turn; even.
    let rotaryDimension: Int
    let base: Scalar

    init(rotaryDimension: Int, base: Double) {
        self.rotaryDimension = rotaryDimension
        self.base = Scalar(base)
    }

    /// p = r/2
    var pairCount: Int { rotaryDimension / 2 }

    /// base^(2i/r) for each pair, or for the first of them: what the inverse frequencies are the inverses of.
    func powers(of base: Element, count: Int? = nil) -> [Element] {
        Element.powers(base, (0..<(count ?? pairCount)).map { Element(2 * $0) / Element(rotaryDimension) })
    }

    var powers: [Element] { powers(of: Element(base)) }

    /// In rad per position.
    var inverseFrequencies: [Element] { powers.map { 1 / $0 } }
}

/// What a scaling makes of a ladder.
struct ScaledLadder<Element: LadderNumber> {
    /// In rad per position.
    var inverseFrequencies: [Element]
    /// The base in place of the one given, where that is how the scaling works.
    var effectiveBase: Element?
    /// For each pair, how much of its frequency is the interpolated one: 0 is kept, 1 is divided by the whole factor.
    var interpolation: [Element]?
}
