/// Turns the pairs of one vector: (a, b) becomes (a·cos − b·sin, a·sin + b·cos).
///
/// `source` and `target` are the elements of one vector or of many; the vector's first stands at `start`. `cosines` and
/// `sines` are those of many rows as well; pair 0 finds its own at `row`. Elements that no pair names are left alone.
func rotatePairs<Scalar: TensorScalar>(
    _ pairs: PairRun, from source: Span<Scalar>, to target: inout MutableSpan<Scalar>, start: Int,
    cosines: Span<Scalar>, sines: Span<Scalar>, row: Int
) {
    let (read, written) = (pairs.source, pairs.target)
    for pair in 0..<pairs.count {
        let first = source[start + read.first + pair * read.stride]
        let second = source[start + read.second + pair * read.stride]
        let (cosine, sine) = (cosines[row + pair], sines[row + pair])
        target[start + written.first + pair * written.stride] = first * cosine - second * sine
        target[start + written.second + pair * written.stride] = first * sine + second * cosine
    }
}
