/// Gemma 4's proportional RoPE: the fastest pairs of the whole ladder turn, the others do not.
///
/// Hugging Face transformers, `_compute_proportional_rope_parameters`. Unlike a smaller rotary dimension it leaves exponents
/// and pairing as they are.
package struct ProportionalScaling: LadderScaling {
    package let factor: Double
    /// How much of the ladder turns, from 0 to 1.
    package let share: Double

    /// Throws `ScalingError` where the factor is not positive, or the share is none.
    package init(factor: Double = 1, share: Double = 1) throws(ScalingError) {
        self.factor = try ScalingError.positive(factor, "factor")
        guard (0...1).contains(share) else {
            throw ScalingError("partial_rotary_factor", "partial_rotary_factor must be from 0 to 1; this is \(share)")
        }
        self.share = share
    }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        let turning = Int((share * Double(plain.rotaryDimension) / 2).rounded(.down))
        let frequencies = plain.powers(of: Arithmetic.Element(plain.base), count: turning).map {
            1 / $0 / Arithmetic.Element(factor)
        }
        return ScaledLadder(
            inverseFrequencies: frequencies + Array(repeating: 0, count: plain.pairCount - turning))
    }
}
