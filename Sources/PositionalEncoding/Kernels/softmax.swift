import Glibc

/// Replaces scores by their weights, e^score / Σ e^score; none stay none.
///
/// The largest is subtracted first, so that no exponential overflows whatever the scores are.
func softmax<Scalar: TensorScalar>(_ scores: inout [Scalar]) {
    guard var largest = scores.first else { return }
    for score in scores where score > largest { largest = score }
    var sum = 0.0
    for index in scores.indices {
        let exponential = exp(Double(scores[index] - largest))
        scores[index] = Scalar(exponential)
        sum += exponential
    }
    for index in scores.indices { scores[index] = Scalar(Double(scores[index]) / sum) }
}
