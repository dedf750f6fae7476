/// Σ aᵢ·bᵢ of so many elements from a place in each.
///
/// In eight partial sums: a vector unit adds them at once, and rounding errors grow with an eighth of the length.
func dotProduct<Scalar: TensorScalar>(
    _ a: Span<Scalar>, from aStart: Int, _ b: Span<Scalar>, from bStart: Int, count: Int
) -> Scalar {
    let (a, b) = (a.extracting(aStart..<aStart + count), b.extracting(bStart..<bStart + count))
    var sums = InlineArray<8, Scalar>(repeating: 0)
    var place = 0
    while place + 8 <= count {
        for lane in 0..<8 { sums[lane] += a[place + lane] * b[place + lane] }
        place += 8
    }
    var sum = ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))
    for place in place..<count { sum += a[place] * b[place] }
    return sum
}
