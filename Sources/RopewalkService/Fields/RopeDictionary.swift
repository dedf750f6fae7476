import PositionalEncoding

/// The object in a Hugging Face config that says how to scale: `rope_parameters`, or `rope_scaling` before transformers 5; of
/// a config that has one for each type of layer, that of the type asked for.
struct RopeDictionary {
    /// nil where there is none, or none for this type of layer.
    let fields: JSONFields?
    /// Whether this is the type of layer for which Gemma 3 has a base of its own.
    private let isLocal: Bool
    private(set) var warnings: [String] = []

    static let baseNames = ["rope_theta", "base", "rotary_emb_base"]
    private static let localBase = "rope_local_base_freq"

    /// Throws where a config has several and none is chosen, or both objects.
    init(_ config: JSONFields, layerType: String?, layerTypePlace: Place) throws {
        let names = ["rope_parameters", "rope_scaling"].filter(config.contains)
        if names.count == 2 {
            throw Problem(
                .contradiction, at: config.place(of: "rope_scaling"),
                "rope_parameters and rope_scaling are two names of one thing; give one")
        }
        let whole = try names.first.map { try config.object($0) }
        let types = try whole.map(Self.nestedTypes) ?? []
        let choices = try Self.layerTypes(config)
        guard !choices.isEmpty else {
            fields = whole
            isLocal = false
            if layerType != nil {
                warnings = ["layer_type has no effect: config has one set of parameters for all layers"]
            }
            return
        }
        let known = choices.map { "\"\($0)\"" }.joined(separator: ", ")
        guard let layerType else {
            throw Problem(
                .missingField, at: layerTypePlace,
                "layer_type is missing; config has parameters for each type of layer: \(known)")
        }
        guard choices.contains(layerType) else {
            throw Problem(
                .unknownValue, at: layerTypePlace,
                "layer_type \"\(layerType.clipped)\" is not in config, which has \(known)"
            )
        }
        isLocal = types.isEmpty && layerType == "sliding_attention"
        // Gemma 3's local layers are not scaled.
        fields = isLocal ? nil : try types.isEmpty ? whole : whole?.object(layerType)
    }

    /// The types of layers that a config has parameters for; none where all layers have the same.
    static func layerTypes(_ config: JSONFields) throws -> [String] {
        let name = ["rope_parameters", "rope_scaling"].first(where: config.contains)
        let types = try name.map { try nestedTypes(config.object($0)) } ?? []
        return types.isEmpty && config.contains(localBase) ? ["full_attention", "sliding_attention"] : types
    }

    private static func nestedTypes(_ whole: JSONFields) throws -> [String] {
        try whole.names.filter { try whole.isObject($0) }.sorted()
    }

    /// The base, from here or from beside it. Throws where two of its names differ.
    func base(_ config: JSONFields, _ inferred: inout [String]) throws -> Double {
        if isLocal { return try config.number(Self.localBase) }
        var found: (name: String, value: Double)?
        for object in [fields, config].compactMap(\.self) {
            for name in Self.baseNames where object.contains(name) {
                let value = try object.number(name)
                if let found, found.value != value {
                    throw Problem(
                        .contradiction, at: object.place(of: name),
                        "\(name) is \(value.shortest), and \(found.name) before it \(found.value.shortest); they are one thing"
                    )
                }
                found = (name, value)
            }
        }
        if let found { return found.value }
        inferred.append("base \(RotaryParameters.defaultBase.shortest): rope_theta is missing")
        return RotaryParameters.defaultBase
    }
}
