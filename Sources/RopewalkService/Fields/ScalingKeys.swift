import PositionalEncoding

/// The keys of a scaling while it is made of them: remembers which were of use.
struct ScalingKeys<Source: Fields> {
    private let fields: Source
    private let beside: ScalingFields.Lengths
    private var used: Set<String> = ["rope_type", "type", "rope_theta"]
    var warnings: [String] = []

    init(_ fields: Source, beside lengths: ScalingFields.Lengths) {
        self.fields = fields
        beside = lengths
        used.formUnion(ScalingFields.lengthNames + ScalingFields.axisNames)
    }

    /// Throws `Problem`, or the `ScalingError` of the type.
    mutating func scaling(_ name: Scaling.Name) throws -> Scaling {
        switch name {
        case .default:
            return .none
        case .linear:
            return .linear(try LinearScaling(factor: need("factor", name)))
        case .dynamic:
            return .dynamic(try DynamicScaling(factor: need("factor", name), originalLength: dynamicLength()))
        case .yarn:
            return .yarn(try yarn())
        case .longRope:
            return .longRope(try longRope())
        case .llama3:
            return .llama3(
                try Llama3Scaling(
                    factor: need("factor", name), lowFrequencyFactor: need("low_freq_factor", name),
                    highFrequencyFactor: need("high_freq_factor", name), originalLength: originalLength(name)))
        case .proportional:
            return .proportional(
                try ProportionalScaling(
                    factor: take("factor") ?? 1, share: take("partial_rotary_factor") ?? beside.share ?? 1))
        case .ntk:
            return .ntk(try NTKScaling(factor: need("factor", name)))
        case .ntkAlpha:
            return .ntkAlpha(try NTKAlphaScaling(alpha: need("alpha", name)))
        case .ntkByParts:
            return .ntkByParts(
                try NTKByPartsScaling(
                    factor: need("factor", name), originalLength: originalLength(name), alpha: take("alpha") ?? 1,
                    beta: take("beta") ?? 32, attentionFactor: take("attention_factor") ?? 1))
        case .allpass:
            return .allpass(try AllpassScaling(rho: need("rho", name)))
        }
    }

    /// What of a vector turns, where the scaling has not taken it for itself.
    mutating func rotaryShare() throws -> Double? {
        guard !used.contains("partial_rotary_factor"), let share = try take("partial_rotary_factor") else { return nil }
        guard share > 0, share <= 1 else {
            throw Problem(
                .outOfRange, at: fields.place(of: "partial_rotary_factor"),
                "partial_rotary_factor must be greater than 0 and at most 1; this is \(share.shortest)")
        }
        return share
    }

    /// By which position each pair turns: `mrope_section` with `mrope_interleaved`, or `axes`.
    mutating func axes() throws -> PairAxes {
        let isInterleaved = try fields.ifGiven("mrope_interleaved", fields.boolean)
        let counts = try fields.ifGiven("mrope_section", fields.numbers)
        let text = try fields.ifGiven("axes", fields.string)
        if let counts {
            guard text == nil else {
                throw Problem(
                    .contradiction, at: fields.place(of: "axes"),
                    "axes and mrope_section both say by which position a pair turns; give one")
            }
            guard let sections = PairAxes.Sections(counts.map { Int(exactly: $0) ?? -1 }) else {
                throw Problem(
                    .outOfRange, at: fields.place(of: "mrope_section"),
                    "mrope_section is three whole numbers of pairs, of time, height and width, at most \(RotaryParameters.maxDimension) each"
                )
            }
            return isInterleaved == true ? .interleaved(sections) : .blocks(sections)
        }
        if isInterleaved != nil {
            warnings.append("mrope_interleaved has no effect without mrope_section")
        }
        guard let text else { return .single }
        switch text {
        case "qwen_vision": return .splitLadder
        case "pixtral": return .dealtLadder
        default:
            let letters = text.prefix(RotaryParameters.maxDimension).map(PositionAxis.init(rawValue:))
            let axes = letters.compactMap(\.self)
            guard axes.count == letters.count, !axes.isEmpty else {
                throw Problem(
                    .unknownValue, at: fields.place(of: "axes"),
                    "axes \"\(text.clipped)\" is not known; it is \"qwen_vision\", \"pixtral\", or a letter for each pair: T, H or W"
                )
            }
            return .named(axes)
        }
    }

    /// A warning for each key that is given and of no use.
    func unused(by name: Scaling.Name) -> [String] {
        fields.names.filter { ScalingFields.names.contains($0) && !used.contains($0) }.sorted()
            .map { "\($0) has no effect: rope_type \"\(name.rawValue)\" does not use it" }
    }

    private mutating func yarn() throws -> YarnScaling {
        let length = try originalLength(.yarn)
        let truncates = try flag("truncate") ?? true
        return try YarnScaling(
            factor: factor(.yarn, over: length), originalLength: length, attention: attentionRule(),
            fastTurns: takeUnlessZero("beta_fast") ?? 32, slowTurns: takeUnlessZero("beta_slow") ?? 1,
            truncates: truncates)
    }

    /// Hugging Face's order: what is given, the ratio of both scales, the factor alone.
    private mutating func attentionRule() throws -> YarnScaling.AttentionFactorRule {
        let given = try take("attention_factor")
        let scales = try (takeUnlessZero("mscale"), takeUnlessZero("mscale_all_dim"))
        if let given {
            for name in ["mscale", "mscale_all_dim"] where fields.contains(name) {
                warnings.append("\(name) has no effect: attention_factor is given")
            }
            return .given(given)
        }
        switch scales {
        case (let scale?, let allDimensions?):
            return .ratio(scale: scale, allDimensions: allDimensions)
        case (.some, nil):
            warnings.append("mscale has no effect without mscale_all_dim, as in Hugging Face")
        case (nil, .some):
            warnings.append("mscale_all_dim has no effect without mscale, as in Hugging Face")
        case (nil, nil):
            break
        }
        return .factor
    }

    private mutating func longRope() throws -> LongRopeScaling {
        let length = try originalLength(.longRope)
        let lists = try ["short_factor", "long_factor"].map { name in
            used.insert(name)
            guard fields.contains(name) else { throw missing(name, .longRope) }
            return try fields.numbers(name)
        }
        return try LongRopeScaling(
            shortFactors: lists[0], longFactors: lists[1], originalLength: length,
            factor: factor(.longRope, over: length), attentionFactor: take("attention_factor"))
    }

    /// `factor`, or else the ratio of the extended length to the original one.
    private mutating func factor(_ name: Scaling.Name, over length: Double) throws -> Double {
        if let factor = try take("factor") { return factor }
        guard let extended = try extendedLength() else { throw missing("factor", name) }
        return extended / length
    }

    /// L₀ of dynamic is what Hugging Face calls the longest, and the original one alone stands in for it.
    private mutating func dynamicLength() throws -> Double {
        let original = try take("original_max_position_embeddings")
        guard let length = try extendedLength() ?? original else { throw missing("max_position_embeddings", .dynamic) }
        return length
    }

    /// What a config has beside its scaling goes before, as in Hugging Face; the longest stands in for the original.
    private mutating func originalLength(_ name: Scaling.Name) throws -> Double {
        let given = try take("original_max_position_embeddings")
        if let length = beside.isBeforeOriginal ? beside.original ?? given : given ?? beside.original { return length }
        guard let length = try extendedLength() else { throw missing("original_max_position_embeddings", name) }
        warnings.append(
            "original_max_position_embeddings is missing, and max_position_embeddings, \(length.shortest), stands in for it, as in Hugging Face"
        )
        return length
    }

    private mutating func extendedLength() throws -> Double? {
        let given = try take("max_position_embeddings")
        return beside.extended ?? given
    }

    private mutating func take(_ name: String) throws -> Double? {
        used.insert(name)
        return try fields.ifGiven(name, fields.number)
    }

    /// 0 counts as absent, as in Hugging Face.
    private mutating func takeUnlessZero(_ name: String) throws -> Double? {
        let number = try take(name)
        guard number == 0 else { return number }
        warnings.append("\(name) of 0 counts as absent, as in Hugging Face")
        return nil
    }

    private mutating func flag(_ name: String) throws -> Bool? {
        used.insert(name)
        return try fields.ifGiven(name, fields.boolean)
    }

    private mutating func need(_ key: String, _ name: Scaling.Name) throws -> Double {
        guard let number = try take(key) else { throw missing(key, name) }
        return number
    }

    private func missing(_ key: String, _ name: Scaling.Name) -> Problem {
        Problem(
            .missingField, at: fields.place(of: key), "\(key) is missing; rope_type \"\(name.rawValue)\" needs it")
    }
}
