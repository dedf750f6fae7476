import PositionalEncoding

/// A scaling by the keys that it has in a Hugging Face config, which are also those of its parameters as a whole.
struct ScalingFields {
    static let names =
        ["rope_type", "type"] + lengthNames + [
            "factor", "attention_factor", "beta_fast", "beta_slow", "mscale", "mscale_all_dim", "truncate",
            "short_factor", "long_factor", "low_freq_factor", "high_freq_factor", "alpha", "beta", "rho",
            "partial_rotary_factor",
        ] + axisNames

    /// What says by which position a pair turns; alone, they leave the ladder as it is.
    static let axisNames = ["mrope_section", "mrope_interleaved", "axes"]

    /// What every type takes, whether it needs them or not.
    static let lengthNames = ["max_position_embeddings", "original_max_position_embeddings"]

    /// Lengths that a config has beside its scaling.
    struct Lengths {
        var extended: Double?
        var original: Double?
        /// How much of a vector turns, or of a ladder.
        var share: Double?
        /// Whether the original length goes before that of the scaling itself.
        var isBeforeOriginal = true
    }

    let scaling: Scaling
    /// What of a vector turns; nil where the scaling itself has a use for it.
    let rotaryShare: Double?
    /// By which position each pair turns.
    let axes: PairAxes
    /// As given, whether the scaling needs them or not.
    let lengths: Lengths
    /// What is legal and has no effect, or is read otherwise than it stands there.
    private(set) var warnings: [String]

    /// Throws where the type is not known, or a key is missing, out of range or of another type.
    ///
    /// `defaultType` is the type where none is named; nil asks for one. `otherNames` are those that may stand among the keys.
    /// `inheritedAxes` are in place of those that the keys give.
    init(
        _ fields: some Fields, beside lengths: Lengths = Lengths(), defaultType: Scaling.Name? = nil,
        otherNames: [String], inheritedAxes: PairAxes? = nil
    ) throws {
        var keys = ScalingKeys(fields, beside: lengths)
        // The type first: one that is not known has keys that are not.
        let name = try Self.name(fields, default: defaultType, &keys)
        try fields.refuseAll(but: Self.names + otherNames)
        self.lengths = try Lengths(
            extended: lengths.extended ?? Self.length("max_position_embeddings", fields),
            original: lengths.original ?? Self.length("original_max_position_embeddings", fields))
        do {
            scaling = try keys.scaling(name)
        } catch let error as ScalingError {
            let place =
                error.index.map { fields.place(of: error.parameter, indices: [$0]) }
                ?? fields.place(of: error.parameter)
            throw Problem(.outOfRange, at: place, error.reason)
        }
        rotaryShare = try keys.rotaryShare()
        axes = try inheritedAxes ?? keys.axes()
        warnings = keys.warnings + keys.unused(by: scaling.name)
    }

    /// A length that is given, greater than 0.
    static func length(_ name: String, _ fields: some Fields) throws -> Double? {
        let length = try fields.ifGiven(name, fields.number)
        if let length, length <= 0 {
            throw Problem(
                .outOfRange, at: fields.place(of: name), "\(name) must be greater than 0; this is \(length.shortest)")
        }
        return length
    }

    /// The type by its names of now and before. Throws where two differ.
    private static func name(
        _ fields: some Fields, default defaultType: Scaling.Name?, _ keys: inout ScalingKeys<some Fields>
    ) throws -> Scaling.Name {
        let names = ["rope_type", "type"].filter(fields.contains)
        guard let first = names.first else {
            if let defaultType { return defaultType }
            let given = Self.names.filter(fields.contains)
            if !given.isEmpty, given.allSatisfy(Self.axisNames.contains) { return .default }
            throw Problem(
                .missingField, at: fields.place(of: "rope_type"), "rope_type is missing; a scaling says which it is")
        }
        let name = try read(first, fields)
        if names.count == 2, try read("type", fields) != name {
            throw Problem(
                .contradiction, at: fields.place(of: "type"),
                "type and rope_type are two names of one thing, and differ here; give one")
        }
        if name == .dynamic, fields.contains("alpha") {
            keys.warnings.append("rope_type \"dynamic\" with alpha is read as Hunyuan's models mean it: \"ntk_alpha\"")
            return .ntkAlpha
        }
        return name
    }

    private static func read(_ key: String, _ fields: some Fields) throws -> Scaling.Name {
        switch try fields.string(key) {
        case "su": .longRope
        case "mrope": .default
        default: try fields.choice(key, of: Scaling.Name.self)
        }
    }
}
