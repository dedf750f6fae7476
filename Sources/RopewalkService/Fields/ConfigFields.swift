import PositionalEncoding

/// Rotary parameters from a whole Hugging Face config.json, of transformers 4 (`rope_theta`, `rope_scaling`) or 5
/// (`rope_parameters`).
///
/// What it does not say is taken as Hugging Face takes it, and listed. null is as absent; keys beside those of RoPE are many,
/// and are not looked at.
struct ConfigFields {
    /// The length of a head's vector, as far as it may be told.
    let headDimension: Int?
    /// How much of it turns, where not all; DeepSeek's models turn the last part of a head.
    let rotaryDimension: Int?
    let turnsLastPart: Bool
    let base: Double
    let basePlace: Place
    let scaling: Scaling
    /// The keys of the scaling as they stand in the config; nil where it has none.
    let scalingFields: JSONFields?
    /// By which position each pair turns.
    let axes: PairAxes
    let lengths: ScalingFields.Lengths
    /// nil where `model_type` is not known; `layoutProblem` then says so.
    let layout: PairLayout?
    /// In which the model's code writes rotated elements, where not in the layout that it reads.
    let outputLayout: PairLayout?
    let attention: ModelAttention
    let unrotatedLayers: UnrotatedLayers?
    let layoutProblem: Problem
    /// What was inferred or defaulted, each by its name and what it is.
    private let inferred: [String]
    let warnings: [String]

    private static let queryScale = "llama_4_scaling_beta"

    /// `layerType` chooses among parameters that a config has for each type of layer.
    ///
    /// `layout` goes before what `model_type` tells.
    init(
        _ outer: JSONFields, layerType: String?, layerTypePlace: Place, layout givenLayout: PairLayout? = nil
    ) throws {
        try Self.checkTypes(outer)
        let text = try outer.contains("text_config") ? outer.object("text_config") : outer
        var inferred: [String] = []
        let modelType = try Self.first(["model_type"], of: [text, outer]) { try $0.string($1) }
        let name = modelType?.value ?? ""
        try Self.refuseALiBi(text)
        let dictionary = try RopeDictionary(
            text, modelType: name, layerType: layerType, layerTypePlace: layerTypePlace)
        let share = try Self.share(text)
        let lengths = ScalingFields.Lengths(
            extended: try text.ifGiven("max_position_embeddings", text.number),
            original: try text.ifGiven("original_max_position_embeddings", text.number), share: share,
            isBeforeOriginal: !dictionary.isNested)
        let scaling = try dictionary.fields.map {
            try ScalingFields(
                $0, beside: lengths, defaultType: .default,
                otherNames: RopeDictionary.baseNames + [Self.queryScale, "interleaved"])
        }
        self.scaling = scaling?.scaling ?? .none
        scalingFields = dictionary.fields
        self.lengths = lengths
        (base, basePlace) = try dictionary.base(text, modelType: name, &inferred)

        if let rope = try Self.dimension("qk_rope_head_dim", text) {
            headDimension = try (Self.dimension("qk_nope_head_dim", text) ?? 0) + rope
            rotaryDimension = rope
            turnsLastPart = true
        } else {
            turnsLastPart = false
            let head = try Self.headDimension(text, modelType: name, layerType: layerType, &inferred)
            headDimension = head
            if let given = try Self.dimension("rotary_dim", text) {
                rotaryDimension = given
            } else {
                let share = Self.turning(scaling, share, modelType: name, &inferred)
                rotaryDimension = share.flatMap { share in head.map { Int(share * Double($0)) } }
                if let share, share != 1, let rotaryDimension {
                    inferred.append("rotary_dim \(rotaryDimension): head_dim × partial_rotary_factor \(share.shortest)")
                }
            }
        }

        if let given = scaling?.axes, given != .single {
            axes = ModelAxes.axes(given, of: name)
        } else if let counts = ModelAxes.sections(of: name, pairs: (rotaryDimension ?? headDimension).map { $0 / 2 }),
            let sections = PairAxes.Sections(counts)
        {
            axes = ModelAxes.axes(.blocks(sections), of: name)
            inferred.append("mrope_section \(counts): that of model_type \(name)")
        } else {
            axes = .single
        }
        let isInterleaved = try text.ifGiven("rope_interleave", text.boolean)
        layout = givenLayout ?? isInterleaved.map { $0 ? .interleaved : .half } ?? ModelLayouts.layout(of: name)
        layoutProblem =
            modelType.map { found in
                Problem(
                    .unknownValue, at: found.place,
                    OtherPositions.explanation(of: found.value.lowercased()).map {
                        "a model of model_type \"\(found.value.clipped)\" is not rotated: \($0)"
                    }
                        ?? "the layout of model_type \"\(found.value.clipped)\" is not known here; give layout next to config"
                )
            }
            ?? Problem(
                .missingField, at: text.place(of: "model_type"),
                "model_type is missing, which tells the layout; give it, or layout next to config")
        if let layout, givenLayout == nil {
            inferred.append(
                isInterleaved == nil
                    ? "layout \(layout.rawValue): model_type \(name)" : "layout \(layout.rawValue): rope_interleave")
        }
        outputLayout = layout == .interleaved ? ModelLayouts.outputLayout(of: name) : nil
        if let outputLayout { inferred.append("output_layout \(outputLayout.rawValue): model_type \(name)") }
        self.inferred = inferred
        attention = try ModelAttention(text, dictionary.fields, modelType: name, head: headDimension)
        unrotatedLayers = UnrotatedLayers(text, modelType: name)
        var warnings = scaling?.warnings ?? []
        if dictionary.isForAllLayers, let layerType, !attention.tellsApart(layerType),
            unrotatedLayers?.type != layerType
        {
            warnings.append("layer_type has no effect: config has one set of parameters for all layers")
        }
        self.warnings = warnings
    }

    /// Falcon's class rotates unless its config says otherwise.
    private static func refuseALiBi(_ config: JSONFields) throws {
        guard (try? config.ifGiven("alibi", config.boolean)) == true else { return }
        throw Problem(
            .unknownValue, at: config.place(of: "alibi"),
            "a model of a config with alibi true is not rotated: it does not use RoPE, but \(OtherPositions.alibi)")
    }

    /// The names that openapi.yaml has are of its types, also where something else goes before them and they are not read.
    private static func checkTypes(_ config: JSONFields) throws {
        for name in [
            "head_dim", "hidden_size", "num_attention_heads", "rotary_dim", "qk_rope_head_dim", "qk_nope_head_dim",
        ] {
            _ = try config.ifGiven(name, config.integer)
        }
        for name in [
            "partial_rotary_factor", "rope_theta", "rope_local_base_freq", "max_position_embeddings",
            "original_max_position_embeddings", "query_pre_attn_scalar", "attention_multiplier",
        ] {
            _ = try config.ifGiven(name, config.number)
        }
        _ = try config.ifGiven("model_type", config.string)
        _ = try config.ifGiven("rope_interleave", config.boolean)
        for name in ["rope_parameters", "rope_scaling"] {
            _ = try config.ifGiven(name) { try config.object($0) }
        }
    }

    /// What was inferred or defaulted, but for what is given beside the config and wins.
    func inferred(beside given: [String?]) -> [String] {
        inferred.filter { line in !given.compactMap(\.self).contains { line.hasPrefix("\($0) ") } }
    }

    /// The first value under any of the names, and its place.
    private static func first<Value>(
        _ names: [String], of objects: [JSONFields], _ read: (JSONFields, String) throws -> Value
    ) throws -> (value: Value, place: Place)? {
        for object in objects {
            if let name = names.first(where: object.contains) {
                return (try read(object, name), object.place(of: name))
            }
        }
        return nil
    }

    /// The share of a head that turns; nil where all of it does, or the scaling has a use for the share.
    private static func turning(
        _ scaling: ScalingFields?, _ share: Double?, modelType: String, _ inferred: inout [String]
    ) -> Double? {
        if case .proportional = scaling?.scaling { return nil }
        if let given = scaling?.rotaryShare ?? share { return given }
        guard let usual = ModelDefaults.share(of: modelType) else { return nil }
        inferred.append("partial_rotary_factor \(usual.shortest): that of model_type \(modelType)")
        return usual
    }

    private static func dimension(_ name: String, _ text: JSONFields) throws -> Int? {
        let dimension = try text.ifGiven(name, text.integer)
        if let dimension, !(1...RotaryParameters.maxDimension).contains(dimension) {
            throw Problem(
                .outOfRange, at: text.place(of: name),
                "\(name) is from 1 to \(RotaryParameters.maxDimension); this is \(dimension)")
        }
        return dimension
    }

    private static func headDimension(
        _ text: JSONFields, modelType: String, layerType: String?, _ inferred: inout [String]
    ) throws -> Int? {
        // Gemma 4's full layers have longer heads.
        let names = layerType == "full_attention" ? ["global_head_dim"] : []
        for name in names + ["head_dim", "attention_head_dim", "kv_channels"] {
            if let given = try dimension(name, text) { return given }
        }
        if let usual = ModelDefaults.headDimension(of: modelType) {
            inferred.append("head_dim \(usual): that of model_type \(modelType)")
            return usual
        }
        let hidden = try first(["hidden_size", "n_embd", "d_model"], of: [text]) { try $0.integer($1) }
        let heads = try first(["num_attention_heads", "n_head", "num_heads"], of: [text]) { try $0.integer($1) }
        guard let hidden, let heads else { return nil }
        guard heads.value > 0, hidden.value > 0 else {
            throw Problem(
                .outOfRange, at: heads.value > 0 ? hidden.place : heads.place,
                "a model has at least one head and one element; this is \(heads.value > 0 ? hidden.value : heads.value)"
            )
        }
        let dimension = hidden.value / heads.value
        inferred.append("head_dim \(dimension): \(hidden.value) elements / \(heads.value) heads")
        return dimension
    }

    private static func share(_ text: JSONFields) throws -> Double? {
        guard
            let found = try first(["partial_rotary_factor", "rotary_pct"], of: [text], { try $0.number($1) })
        else { return nil }
        guard found.value > 0, found.value <= 1 else {
            throw Problem(
                .outOfRange, at: found.place,
                "the share of a vector that turns is greater than 0 and at most 1; this is \(found.value.shortest)")
        }
        return found.value
    }
}
