import Glibc
import PositionalEncoding
import TensorCoding

/// What a model's attention does besides rotating, as far as its config tells.
struct ModelAttention: Sendable {
    /// Which keys a query sees, by its distance from them.
    enum Reach: Sendable, Equatable {
        /// The last so many keys, with that at the query's own position.
        case window(Int)
        /// So many keys on either side.
        case bothSides(Int)
        /// The keys of the query's own chunk of so many positions.
        case chunk(Int)
    }

    /// A factor of queries that depends on their position and is 1 before the first position.
    struct Temperature: Sendable {
        let first: Double
        /// The key of the config that says so.
        let name: String
        /// The type of the layers that have it; nil where all layers do.
        var type: String?
    }

    /// What scores are multiplied by; nil where that is 1/√dim.
    var scale: Double?
    /// c of c · tanh(score / c).
    let softcap: Double?
    let hasSinks: Bool
    /// Whether queries see no key ahead of them; false where that is not known.
    let isCausal: Bool
    var reach: Reach?
    /// The type of the layers that `reach` holds for; nil where it holds for all layers.
    let reachType: String?
    let temperature: Temperature?
    /// The distance from which DCA no longer rotates by the distance itself.
    let dualChunkDistance: Double?
    /// How many keys a sparse indexer chooses for each query.
    let indexedKeys: Int?

    /// `head` is the length of a head's vector. Throws where a key that the scale depends on is not as it must be.
    init(_ config: JSONFields, _ scaling: JSONFields?, modelType: String, head: Int?) throws {
        scale = try Self.scale(config, scaling, modelType: modelType, head: head)
        softcap = Self.positive("attn_logit_softcapping", config, ModelDefaults.softcap(of: modelType))
        hasSinks = ModelDefaults.hasSinks(modelType)
        isCausal = Self.isCausal(config, modelType: modelType)
        (reach, reachType) = Self.reach(config, modelType: modelType)
        temperature = Self.temperature(config, scaling, modelType: modelType)
        let chunks = try? config.object("dual_chunk_attention_config")
        let lengths = chunks.flatMap { chunks in
            try? (chunks.number("chunk_size"), chunks.ifGiven("local_size", chunks.number) ?? 0)
        }
        dualChunkDistance = lengths.map { $0.0 - $0.1 }
        indexedKeys = try? config.ifGiven("index_topk", config.integer)
    }

    /// How many keys a query of a windowed layer sees; nil without a window.
    var window: Int? {
        switch reach {
        case .window(let count): count
        case .bothSides(let count): 2 * count + 1
        case .chunk, nil: nil
        }
    }

    /// Whether the attention, not only the rotation, differs between types of layers.
    func tellsApart(_ layerType: String) -> Bool {
        reachType != nil && [reachType, "full_attention"].contains(layerType)
    }

    /// A number greater than 0. A key of another type is no concern of a rotation, and counts as absent.
    private static func positive(_ name: String, _ config: JSONFields, _ usual: Double?) -> Double? {
        guard !config.isNull(name) else { return nil }
        let number = (try? config.ifGiven(name, config.number)) ?? usual
        return number.flatMap { $0 > 0 ? $0 : nil }
    }

    private static func count(_ name: String, _ config: JSONFields, _ usual: Int? = nil) -> Int? {
        positive(name, config, usual.map(Double.init)).flatMap { Int(exactly: $0) }
    }

    /// A config may make a model of a causal type an encoder, as those of embedding models do.
    private static func isCausal(_ config: JSONFields, modelType: String) -> Bool {
        func says(_ name: String, _ value: Bool) -> Bool { (try? config.ifGiven(name, config.boolean)) == value }
        return ModelLayouts.isCausal(modelType) && !says("is_causal", false)
            && !says("use_bidirectional_attention", true)
    }

    private static func reach(_ config: JSONFields, modelType: String) -> (Reach?, String?) {
        let types = try? config.ifGiven("layer_types", config.strings)
        if let chunk = count("attention_chunk_size", config, modelType.hasPrefix("llama4") ? 8_192 : nil) {
            return limited(.chunk(chunk), "chunked_attention", types, isMixed: true)
        }
        if modelType.hasPrefix("modernbert"), let both = count("local_attention", config, 128) {
            let reach: Reach = modelType == "modernbert" ? .bothSides(both / 2) : .window(both / 2)
            return limited(reach, "sliding_attention", types, isMixed: true)
        }
        guard !ModelDefaults.ignoresWindow(modelType),
            let window = count("sliding_window", config, ModelDefaults.window(of: modelType)),
            (try? config.ifGiven("use_sliding_window", config.boolean)) ?? !ModelDefaults.asksForWindow(modelType)
        else { return (nil, nil) }
        let first = count("max_window_layers", config)
        if let first, let layers = count("num_hidden_layers", config), first >= layers { return (nil, nil) }
        return limited(
            .window(window), "sliding_attention", types,
            isMixed: first != nil || ModelDefaults.hasMixedLayers(modelType))
    }

    /// A reach with the type of its layers, by the config's own list of types where it has one.
    private static func limited(
        _ reach: Reach, _ type: String, _ types: [String]?, isMixed: Bool
    ) -> (Reach?, String?) {
        guard let types else { return (reach, isMixed ? type : nil) }
        guard types.contains(type) else { return (nil, nil) }
        return (reach, types.allSatisfy { $0 == type } ? nil : type)
    }

    private static func temperature(
        _ config: JSONFields, _ scaling: JSONFields?, modelType: String
    ) -> Temperature? {
        if modelType.hasPrefix("llama4"), tunesTemperature(config) {
            // 1 + attn_scale · ln(1 + ⌊(m + 1) / floor_scale⌋), and in layers that do not rotate only.
            let first = (positive("floor_scale", config, 8_192) ?? 8_192) - 1
            return Temperature(first: first, name: "attn_temperature_tuning", type: "full_attention")
        }
        let beta = "llama_4_scaling_beta"
        let length = "original_max_position_embeddings"
        if let scaling, positive(beta, scaling, nil) != nil,
            let first = positive(length, scaling, nil) ?? positive(length, config, nil)
        {
            return Temperature(first: first, name: beta)
        }
        guard (try? config.ifGiven("use_logn_attn", config.boolean)) == true else { return nil }
        return Temperature(first: positive("seq_length", config, 8_192) ?? 8_192, name: "use_logn_attn")
    }

    /// true by default; the checkpoints of Llama 4 have a number that is not 0.
    private static func tunesTemperature(_ config: JSONFields) -> Bool {
        let name = "attn_temperature_tuning"
        return (try? config.ifGiven(name, config.boolean)) ?? (try? config.ifGiven(name, config.number)).map { $0 != 0 }
            ?? true
    }

    private static func scale(
        _ config: JSONFields, _ scaling: JSONFields?, modelType: String, head: Int?
    ) throws -> Double? {
        if let fixed = ModelDefaults.scale(of: modelType, head: head) { return fixed }
        for (name, usual) in [
            ("query_pre_attn_scalar", ModelDefaults.queryScalar(of: modelType)),
            ("attention_multiplier", modelType.hasPrefix("granite") ? 1 : nil),
        ] {
            guard let number = try config.ifGiven(name, config.number) ?? usual else { continue }
            let scale = name == "attention_multiplier" ? number : 1 / number.squareRoot()
            return try checked(scale, number, name, config)
        }
        let name = "mscale_all_dim"
        guard config.contains("qk_rope_head_dim"), let scaling, let head,
            let multiplier = try scaling.ifGiven(name, scaling.number), multiplier != 0,
            let factor = try? scaling.number("factor"), factor > 1
        else { return nil }
        // DeepSeek's code scales scores by the square of what YaRN's attention factor leaves out.
        let mscale = 0.1 * multiplier * log(factor) + 1
        return try checked(mscale * mscale / Double(head).squareRoot(), multiplier, name, scaling)
    }

    private static func checked(
        _ scale: Double, _ number: Double, _ name: String, _ fields: JSONFields
    ) throws -> Double {
        guard scale > 0, Float(scale).isFinite else {
            throw Problem(
                .outOfRange, at: fields.place(of: name),
                "\(name) must give a finite scale of the scores greater than 0; this is \(number.shortest)")
        }
        return scale
    }
}
