/// Whose arithmetic a ladder, its angles, and their cosines and sines are computed in.
package enum Precision: String, Sendable, CaseIterable {
    /// The definition, rounded once at the end.
    case float64
    /// That of Hugging Face transformers: inverse frequencies, angles, cosines and sines are float32 each.
    case float32
}

/// The types of one precision.
protocol LadderArithmetic {
    /// Of parameters, and of what is computed once.
    associatedtype Scalar: LadderNumber
    /// Of what is computed for each pair.
    associatedtype Element: LadderNumber
}

enum ExactArithmetic: LadderArithmetic {
    typealias Scalar = ExtendedNumber
    typealias Element = ExtendedNumber
}

/// Python's numbers and PyTorch's tensors.
enum HuggingFaceArithmetic: LadderArithmetic {
    typealias Scalar = Double
    typealias Element = Float
}
