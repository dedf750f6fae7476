import PositionalEncoding

/// The object in a Hugging Face config that says how to scale: `rope_parameters`, or `rope_scaling` before transformers 5; of
/// a config that has one for each type of layer, that of the type asked for.
struct RopeDictionary {
    /// nil where there is none, or none for this type of layer.
    let fields: JSONFields?
    /// Whether it stands among others, by its type of layer.
    let isNested: Bool
    /// Whether this is the sliding type of a model whose sliding layers are not scaled, and may have a base of their own.
    private let isLocal: Bool
    /// Whether all layers have the same parameters.
    let isForAllLayers: Bool

    static let baseNames = ["rope_theta", "base", "rotary_emb_base", "global_rope_theta"]
    private static let localBaseNames = ["rope_local_base_freq", "local_rope_theta"]

    /// Throws where a config has several and none is chosen, or both objects.
    init(_ config: JSONFields, modelType: String, layerType: String?, layerTypePlace: Place) throws {
        let names = ["rope_parameters", "rope_scaling"].filter(config.contains)
        if names.count == 2 {
            throw Problem(
                .contradiction, at: config.place(of: "rope_scaling"),
                "rope_parameters and rope_scaling are two names of one thing; give one")
        }
        let whole = try names.first.map { try config.object($0) }
        isNested = !(whole.map(Self.nestedTypes) ?? []).isEmpty
        let choices = try Self.layerTypes(config, modelType: modelType)
        isForAllLayers = choices.isEmpty
        guard !choices.isEmpty else {
            fields = whole
            isLocal = false
            return
        }
        // A client has as many names, as long, as it likes.
        let known = choices.prefix(16).map { "\"\($0.clipped)\"" }.joined(separator: ", ")
        guard let layerType else {
            throw Problem(
                .missingField, at: layerTypePlace,
                "layer_type is missing; config has parameters for each type of layer: \(known)")
        }
        guard choices.contains(layerType) else {
            throw Problem(
                .unknownValue, at: layerTypePlace,
                "layer_type \"\(layerType.clipped)\" is not in config, which has \(known)")
        }
        isLocal = !isNested && layerType == "sliding_attention"
        fields = isLocal ? nil : try isNested ? whole?.object(layerType) : whole
    }

    /// The types of layers that a config has parameters for; none where all layers have the same.
    static func layerTypes(_ config: JSONFields, modelType: String) throws -> [String] {
        let name = ["rope_parameters", "rope_scaling"].first(where: config.contains)
        let types = try name.map { try nestedTypes(config.object($0)) } ?? []
        guard types.isEmpty else { return types }
        // Before transformers 5 these had both in one config; OLMo 3's one scaling is for its full layers alone.
        let hasTwo =
            localBaseNames.contains(where: config.contains) || ModelDefaults.localBase(of: modelType) != nil
            || (modelType == "olmo3" && name != nil)
        return hasTwo ? ["full_attention", "sliding_attention"] : []
    }

    private static func nestedTypes(_ whole: JSONFields) -> [String] {
        whole.objectNames.sorted()
    }

    /// The base, from here or from beside it, and its place. Throws where two of its names differ.
    func base(_ config: JSONFields, modelType: String, _ inferred: inout [String]) throws -> (
        value: Double, place: Place
    ) {
        if isLocal, let name = Self.localBaseNames.first(where: config.contains) {
            return try (config.number(name), config.place(of: name))
        }
        if isLocal, let base = ModelDefaults.localBase(of: modelType) {
            inferred.append("base \(base.shortest): that of sliding layers of model_type \(modelType)")
            return (base, config.place(of: Self.localBaseNames[0]))
        }
        var found: (name: String, value: Double, place: Place)?
        for object in [fields, config].compactMap(\.self) {
            for name in Self.baseNames where object.contains(name) {
                let value = try object.number(name)
                if let found, found.value != value {
                    throw Problem(
                        .contradiction, at: object.place(of: name),
                        "\(name) is \(value.shortest), and \(found.name) before it \(found.value.shortest); they are one thing"
                    )
                }
                found = (name, value, object.place(of: name))
            }
            // What a type of layer has goes before what stands for all.
            if isNested, found != nil { break }
        }
        if let found { return (found.value, found.place) }
        var base = ModelDefaults.base(of: modelType)
        var reason = "rope_theta is missing"
        if let ratio = try config.ifGiven("rope_ratio", config.number) {
            base *= ratio
            reason = "\(ModelDefaults.base(of: modelType).shortest) × rope_ratio \(ratio.shortest)"
        }
        inferred.append("base \(base.shortest): \(reason)")
        return (base, config.place(of: config.contains("rope_ratio") ? "rope_ratio" : Self.baseNames[0]))
    }
}
