/// Where pairs stand in a vector: pair i is (first + i·stride, second + i·stride), read at the source, written at the target.
///
/// Source and target differ where a vector is written in another layout than it was read in.
package struct PairRun: Sendable, Equatable {
    /// One side of a run.
    package struct Places: Sendable, Equatable {
        package let first: Int
        package let second: Int
        package let stride: Int
    }

    package let count: Int
    package let source: Places
    package let target: Places

    /// The pairs of `rotaryDimension` elements from `start` on, read in one layout and written in another.
    package init(rotaryDimension: Int, start: Int = 0, from layout: PairLayout, to output: PairLayout) {
        count = rotaryDimension / 2
        source = layout.places(pairs: count, start: start)
        target = output.places(pairs: count, start: start)
    }
}
