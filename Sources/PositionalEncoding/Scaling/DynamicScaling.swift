/// Dynamic NTK-aware scaling: the base grows with the length, once that is past the original one.
///
/// emozilla, "Dynamically Scaled RoPE further increases performance of long context LLaMA with zero fine-tuning" (2023), as
/// Hugging Face has it: base · (factor·s/L₀ − (factor − 1))^(r/(r−2)) with s = max(length, L₀). It has no memory here.
package struct DynamicScaling: LadderScaling {
    package let factor: Double
    /// L₀
    package let originalLength: Double

    /// Throws `ScalingError` unless both are positive.
    package init(factor: Double, originalLength: Double) throws(ScalingError) {
        self.factor = try ScalingError.positive(factor, "factor")
        self.originalLength = try ScalingError.positive(originalLength, "max_position_embeddings")
    }

    package var leastRotaryDimension: Int { 4 }

    package func ladderLength(_ length: Double) -> Double? {
        length > originalLength ? length : nil
    }

    package var contexts: (original: Double?, extended: Double?) { (originalLength, originalLength * factor) }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        typealias Element = Arithmetic.Element
        typealias Scalar = Arithmetic.Scalar
        let stretch =
            Element(factor) * Element(length ?? originalLength) / Element(originalLength)
            - Element(Scalar(factor) - 1)
        let exponent = Scalar(plain.rotaryDimension) / Scalar(plain.rotaryDimension - 2)
        let base = Element(plain.base) * Element(Scalar.power(Scalar(stretch), exponent))
        return ScaledLadder(
            inverseFrequencies: plain.powers(of: base).map { 1 / $0 }, effectiveBase: base)
    }
}
