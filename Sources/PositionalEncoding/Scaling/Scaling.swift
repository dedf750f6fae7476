/// How the ladder of frequencies is changed for longer contexts.
///
/// The names are those of `rope_type` in Hugging Face configs, and of the papers where these have none. A case holds only what
/// is valid.
package enum Scaling: Sendable, Hashable {
    /// The ladder as RoFormer has it.
    case none
    case linear(LinearScaling)
    case dynamic(DynamicScaling)
    case yarn(YarnScaling)
    case longRope(LongRopeScaling)
    case llama3(Llama3Scaling)
    case proportional(ProportionalScaling)
    case ntk(NTKScaling)
    case ntkAlpha(NTKAlphaScaling)
    case ntkByParts(NTKByPartsScaling)
    case allpass(AllpassScaling)

    /// The known values of `rope_type`.
    package enum Name: String, Sendable, CaseIterable {
        case `default`
        case linear
        case dynamic
        case yarn
        case longRope = "longrope"
        case llama3
        case proportional
        case ntk
        case ntkAlpha = "ntk_alpha"
        case ntkByParts = "ntk_by_parts"
        case allpass
    }

    /// `rope_type`.
    package var name: Name {
        switch self {
        case .none: .default
        case .linear: .linear
        case .dynamic: .dynamic
        case .yarn: .yarn
        case .longRope: .longRope
        case .llama3: .llama3
        case .proportional: .proportional
        case .ntk: .ntk
        case .ntkAlpha: .ntkAlpha
        case .ntkByParts: .ntkByParts
        case .allpass: .allpass
        }
    }

    private var rule: (any LadderScaling)? {
        switch self {
        case .none: nil
        case .linear(let scaling): scaling
        case .dynamic(let scaling): scaling
        case .yarn(let scaling): scaling
        case .longRope(let scaling): scaling
        case .llama3(let scaling): scaling
        case .proportional(let scaling): scaling
        case .ntk(let scaling): scaling
        case .ntkAlpha(let scaling): scaling
        case .ntkByParts(let scaling): scaling
        case .allpass(let scaling): scaling
        }
    }

    /// What rotated elements are multiplied by.
    package var attentionFactor: Double { rule?.attentionFactor ?? 1 }

    /// Whether the ladder depends on the length of the sequence.
    package var dependsOnLength: Bool { rule?.ladderLength(.infinity) != nil }

    /// The original context and the extended one, in positions, as far as the scaling says.
    package var contexts: (original: Double?, extended: Double?) { rule?.contexts ?? (nil, nil) }

    /// What of a length the ladder depends on.
    func ladderLength(_ length: Double?) -> Double? {
        guard let rule, let length else { return nil }
        return rule.ladderLength(length)
    }

    func scale<Arithmetic>(
        _ plain: PlainLadder<Arithmetic>, length: Double?
    ) -> ScaledLadder<Arithmetic.Element> {
        rule?.scale(plain, length: length) ?? ScaledLadder(inverseFrequencies: plain.inverseFrequencies)
    }

    /// Throws where the scaling has no ladder for so many elements and such a base.
    func check(rotaryDimension: Int, base: Double) throws(RotaryParameterError) {
        guard let rule else { return }
        guard rotaryDimension >= rule.leastRotaryDimension else {
            throw .rotaryDimensionTooSmall(rotaryDimension, least: rule.leastRotaryDimension, name)
        }
        guard base > 1 || !rule.needsBaseAboveOne else { throw .baseOfOne(name) }
        if case .longRope(let scaling) = self {
            for (parameter, factors) in [
                ("short_factor", scaling.shortFactors), ("long_factor", scaling.longFactors),
            ] where factors.count != rotaryDimension / 2 {
                throw .factorCount(parameter, factors.count, pairs: rotaryDimension / 2)
            }
        }
    }
}
