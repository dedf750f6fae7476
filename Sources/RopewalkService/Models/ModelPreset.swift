import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// A model by its name: what its config.json says of RoPE, and what it does not.
struct ModelPreset: Sendable {
    static let names = [
        "aliases", "config", "layers_without_rotation", "layout", "output_layout", "softmax_scale", "source",
        "unverified",
        "window",
    ]

    let name: String
    let aliases: [String]
    /// Types of layers with parameters of their own; none where all layers have the same.
    let layerTypes: [String]
    /// By type of layer, or under "" for all.
    private let configs: [String: ConfigFields]
    /// What a file of models says in place of the config; nil leaves it to the config.
    private let given: (outputLayout: PairLayout?, scale: Double?, unrotated: UnrotatedLayers?, window: Int?)
    /// Where the values are from.
    let source: String
    /// Keys of the config whose values nobody has confirmed.
    let unverified: [String]

    /// Throws where a key is not known, of the wrong type, or the config leads nowhere.
    init(_ name: String, _ fields: JSONFields) throws {
        self.name = name
        try fields.refuseAll(but: Self.names)
        aliases = try fields.ifGiven("aliases", fields.strings) ?? []
        if let bad = ([name] + aliases).first(where: { $0.isEmpty || $0.contains("/") }) {
            throw Problem(
                .unknownValue, at: fields.place(of: "aliases"),
                "a model's name is a part of a path, and \"\(bad.clipped)\" is none")
        }
        let layout = try fields.ifGiven("layout", fields.layout)
        let config = try fields.object("config", ignoringNull: true)
        let place = fields.place(of: "config")
        layerTypes = try RopeDictionary.layerTypes(
            config, modelType: config.ifGiven("model_type", config.string) ?? "")
        configs = try Dictionary(
            uniqueKeysWithValues: (layerTypes.isEmpty ? [nil] : layerTypes.map(\.self)).map { (type: String?) in
                (type ?? "", try ConfigFields(config, layerType: type, layerTypePlace: place, layout: layout))
            })
        given = (
            try fields.ifGiven("output_layout", fields.layout),
            try fields.ifGiven("softmax_scale", fields.number),
            try fields.ifGiven("layers_without_rotation") { UnrotatedLayers(layers: try fields.string($0)) },
            try fields.ifGiven("window", fields.integer)
        )
        source = try fields.string("source")
        unverified = try fields.ifGiven("unverified", fields.strings) ?? []
        for config in configs.values {
            if config.layout == nil { throw config.layoutProblem }
            guard let dimension = config.headDimension else {
                throw Problem(
                    .missingField, at: place, "head_dim is missing, and hidden_size and num_attention_heads are")
            }
            let rotary = try RotaryFields(KnownParameters(self, config))
            let parameters = try rotary.parameters(dimension: dimension, at: place) { "heads are of \($0.elements)" }
            guard RotaryEngine(maxCacheBytes: 0).table(for: parameters).isFinite else {
                throw Problem(.outOfRange, at: place, "the ladder has a frequency or base that is not finite")
            }
        }
    }

    /// The parameters of a type of layer; nil where there is none of the name, or one has to be named.
    func config(layerType: String?) -> ConfigFields? {
        configs[layerTypes.isEmpty ? "" : layerType ?? ""]
    }

    func outputLayout(_ config: ConfigFields) -> PairLayout? { given.outputLayout ?? config.outputLayout }
    func unrotatedLayers(_ config: ConfigFields) -> UnrotatedLayers? { given.unrotated ?? config.unrotatedLayers }

    func attention(_ config: ConfigFields) -> ModelAttention {
        var attention = config.attention
        if let scale = given.scale { attention.scale = scale }
        if let window = given.window { attention.reach = .window(window) }
        return attention
    }

    /// What is said beside an answer that rests on what nobody has confirmed.
    var warnings: [String] {
        unverified.map { "\($0) of model \(name) is unverified" }
    }
}
