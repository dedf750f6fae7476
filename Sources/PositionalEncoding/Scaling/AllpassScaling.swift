/// A first-order allpass warp of the frequencies: a(ω) = 2·arctan((1 − ρ)/(1 + ρ) · tan(ω/2)), which a warp by −ρ undoes.
///
/// J. O. Smith and J. S. Abel, "Bark and ERB Bilinear Transforms", IEEE Transactions on Speech and Audio Processing 7 (1999).
/// Low frequencies are divided by (1 + ρ)/(1 − ρ), those near π stay.
package struct AllpassScaling: LadderScaling {
    /// ρ
    package let rho: Double

    /// Throws `ScalingError` unless −1 < ρ < 1.
    package init(rho: Double) throws(ScalingError) {
        guard abs(rho) < 1 else { throw ScalingError("rho", "rho must be between -1 and 1; this is \(rho)") }
        self.rho = rho
    }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        typealias Scalar = Arithmetic.Scalar
        let slope = Arithmetic.Element((1 - Scalar(rho)) / (1 + Scalar(rho)))
        return ScaledLadder(
            inverseFrequencies: plain.inverseFrequencies.map { 2 * .arcTangent(slope * .tangent($0 / 2)) })
    }
}
