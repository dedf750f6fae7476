/// Adds so many elements from a place in `source`, each times `factor`, to those from a place in `target`.
func addScaled<Scalar: TensorScalar>(
    _ source: Span<Scalar>, from start: Int, by factor: Scalar, to target: inout MutableSpan<Scalar>,
    from targetStart: Int, count: Int
) {
    for place in 0..<count { target[targetStart + place] += factor * source[start + place] }
}
