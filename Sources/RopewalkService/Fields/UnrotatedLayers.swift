import TensorCoding

/// Layers of a model whose queries and keys are not rotated.
struct UnrotatedLayers: Sendable {
    /// Which layers, in words.
    let layers: String
    /// The type of all these layers and of no others; nil where types do not tell.
    let type: String?

    /// Reads a config's schedule; nil where every layer rotates.
    ///
    /// From the classes of transformers 5.23.0. In `no_rope_layers` 1 means that the layer rotates.
    init?(_ config: JSONFields, modelType: String) {
        if modelType == "granitemoehybrid", (try? config.string("position_embedding_type")) != "rope" {
            (layers, type) = ("all, as position_embedding_type is not \"rope\"", nil)
        } else if modelType.hasPrefix("llama4") || modelType == "smollm3" {
            guard let schedule = Self.schedule(config) else { return nil }
            (layers, type) = (schedule, modelType == "smollm3" ? nil : "full_attention")
        } else if Self.rotatingSlidingOnly.contains(where: modelType.hasPrefix), !config.isNull("sliding_window") {
            (layers, type) = ("those of type full_attention", "full_attention")
        } else {
            return nil
        }
    }

    /// The words of a file of models.
    init(layers: String) {
        (self.layers, type) = (layers, nil)
    }

    /// Models whose sliding layers alone rotate.
    private static let rotatingSlidingOnly = ["afmoe", "cohere2", "exaone4", "exaone_moe"]

    private static func schedule(_ config: JSONFields) -> String? {
        if let rotates = try? config.numbers("no_rope_layers"), !rotates.isEmpty {
            let layers = rotates.indices.filter { rotates[$0] == 0 }
            guard !layers.isEmpty else { return nil }
            let first = layers.prefix(8).map(String.init).joined(separator: ", ")
            return "\(first)\(layers.count > 8 ? ", …" : ""), counted from 0"
        }
        let interval = (try? config.integer("no_rope_layer_interval")) ?? 4
        guard interval > 0 else { return nil }
        let ordinals = [1: "all", 2: "every second", 3: "every third", 4: "every fourth"]
        return ordinals[interval] ?? "one in \(interval)"
    }

    private static let advice = "for them /attention takes \"rotate\":false without model, config and layer_type"

    /// What is said next to an answer that rotates; nil where the layer type that was asked for rotates.
    func warning(layerType: String?, of subject: String) -> String? {
        if let type, layerType == type {
            return
                "layers of type \(type) do not rotate in \(subject), and this answer rotates; \(Self.advice)"
        }
        if type != nil, layerType != nil { return nil }
        return "layers of \(subject) that do not rotate: \(layers); this answer rotates; \(Self.advice)"
    }
}
