/// Inverse frequencies, or cosines and sines, that a caller has and that no ladder makes.
package enum LadderSubstitute: Sendable, Hashable {
    /// One a pair, in rad per position.
    case inverseFrequencies([Double])
    case tables(CosineTables)

    package var pairCount: Int {
        switch self {
        case .inverseFrequencies(let list): list.count
        case .tables(let tables): tables.pairCount
        }
    }
}
