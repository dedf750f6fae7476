import PositionalEncoding
import TensorCoding

extension Precision {
    /// Says of elements of a type that a model in this type rounds more than is rounded here; nil where that is not to be expected.
    func warning(for type: FloatType) -> String? {
        guard self == .float32, type.scalar.floatType != type else { return nil }
        return
            "precision float32 rounds angles, cosines and sines as Hugging Face does; a model in \(type.rawValue) also rounds "
            + "cosine, sine, each product and their sum to \(type.rawValue), where this answer is computed in float32 and rounded once"
    }
}
