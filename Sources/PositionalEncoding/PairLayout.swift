/// Which elements of a vector are turned together as a pair.
package enum PairLayout: String, Sendable, CaseIterable {
    /// Neighbours, (x[2i], x[2i+1]): RoFormer, GPT-J, Meta's own Llama weights.
    case interleaved
    /// Halves, (x[i], x[i + r/2]) of the r rotated elements: GPT-NeoX, `rotate_half` in Hugging Face's Llama.
    case half

    /// Where pairs stand whose first element is at `start`.
    func places(pairs count: Int, start: Int) -> PairRun.Places {
        switch self {
        case .interleaved: PairRun.Places(first: start, second: start + 1, stride: 2)
        case .half: PairRun.Places(first: start, second: start + count, stride: 1)
        }
    }
}
