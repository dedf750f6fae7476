/// Static NTK-aware scaling: base · factor^(r/(r−2)), so that the slowest pair is interpolated and the fastest one kept.
///
/// bloc97, "NTK-Aware Scaled RoPE allows LLaMA models to have extended (8k+) context size without any fine-tuning" (2023).
package struct NTKScaling: LadderScaling {
    package let factor: Double

    /// Throws `ScalingError` unless the factor is positive.
    package init(factor: Double) throws(ScalingError) {
        self.factor = try ScalingError.positive(factor, "factor")
    }

    package var leastRotaryDimension: Int { 4 }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        plain.raised(by: factor)
    }
}

/// The same by the name that Hunyuan's models have for it: base · alpha^(r/(r−2)), where Hugging Face's type is "dynamic".
///
/// X. Sun et al., "Hunyuan-Large: An Open-Source MoE Model with 52 Billion Activated Parameters by Tencent", arXiv:2411.02265.
package struct NTKAlphaScaling: LadderScaling {
    package let alpha: Double

    /// Throws `ScalingError` unless alpha is positive.
    package init(alpha: Double) throws(ScalingError) {
        self.alpha = try ScalingError.positive(alpha, "alpha")
    }

    package var leastRotaryDimension: Int { 4 }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        plain.raised(by: alpha)
    }
}

extension PlainLadder {
    /// The ladder of base · factor^(r/(r−2)).
    fileprivate func raised(by factor: Double) -> ScaledLadder<Element> {
        let exponent = Scalar(rotaryDimension) / Scalar(rotaryDimension - 2)
        let base = Element(base * Scalar.power(Scalar(factor), exponent))
        return ScaledLadder(inverseFrequencies: powers(of: base).map { 1 / $0 }, effectiveBase: base)
    }
}
