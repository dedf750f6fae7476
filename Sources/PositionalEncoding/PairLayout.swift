/// Which elements of a vector are turned together as a pair.
package enum PairLayout: String, Sendable, CaseIterable {
    /// Neighbours, (x[2i], x[2i+1]): RoFormer, GPT-J, Meta's own Llama weights.
    case interleaved
    /// Halves, (x[i], x[i + r/2]) of the r rotated elements: GPT-NeoX, `rotate_half` in Hugging Face's Llama.
    case half

    /// The pairs of a vector of which the first `rotaryDimension` elements turn.
    package func pairs(rotaryDimension: Int) -> PairRun {
        let count = rotaryDimension / 2
        return switch self {
        case .interleaved: PairRun(count: count, first: 0, second: 1, stride: 2)
        case .half: PairRun(count: count, first: 0, second: count, stride: 1)
        }
    }
}
