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

    /// Pairs that are written where they were read.
    package init(count: Int, first: Int, second: Int, stride: Int) {
        self.count = count
        source = Places(first: first, second: second, stride: stride)
        target = source
    }
}
