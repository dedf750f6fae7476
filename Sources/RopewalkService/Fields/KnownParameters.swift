import PositionalEncoding
import TensorCoding

/// Rotary parameters that a request names as a whole: by a model's name, or by its config.
struct KnownParameters {
    let config: ConfigFields
    /// nil for a config.
    let model: String?
    let outputLayout: PairLayout?
    let attention: LayerAttention
    let warnings: [String]

    init(config: JSONFields, _ fields: JSONFields) throws {
        let layerType = try fields.ifGiven("layer_type", fields.string)
        let config = try ConfigFields(
            config, layerType: layerType, layerTypePlace: fields.place(of: "layer_type"))
        self.config = config
        model = nil
        outputLayout = config.outputLayout
        attention = LayerAttention(attention: config.attention, layerType: layerType, subject: "config")
        let unrotated = config.unrotatedLayers?.warning(layerType: layerType, of: "config")
        warnings = config.warnings + [unrotated].compactMap(\.self)
    }

    /// The model that a field names, and its type of layer. Throws where there is none.
    init(model field: String, _ fields: some Fields, _ models: ModelCatalog) throws {
        let name = try fields.string(field)
        guard let model = models[name] else {
            throw Problem(
                .unknownValue, at: fields.place(of: field),
                "there is no model \"\(name.clipped)\" here\(models.hint(for: name))")
        }
        let layerType = try fields.ifGiven("layer_type", fields.string)
        guard let config = model.config(layerType: layerType) else {
            let known = model.layerTypes.map { "\"\($0)\"" }.joined(separator: ", ")
            let place = fields.place(of: "layer_type")
            throw layerType == nil
                ? Problem(
                    .missingField, at: place,
                    "layer_type is missing; model \(model.name) has parameters for each type of layer: \(known)")
                : Problem(
                    .unknownValue, at: place, "model \(model.name) has no such layer_type; it has \(known)")
        }
        self.init(model, config, layerType: layerType)
    }

    /// The parameters of a type of a model's layers; nil names no type.
    init(_ model: ModelPreset, _ config: ConfigFields, layerType: String? = nil) {
        self.config = config
        self.model = model.name
        outputLayout = model.outputLayout(config)
        let subject = "model \(model.name)"
        let unrotated = model.unrotatedLayers(config)
        attention = LayerAttention(attention: model.attention(config), layerType: layerType, subject: subject)
        var warnings = model.warnings
        if let layerType, model.layerTypes.isEmpty, !attention.attention.tellsApart(layerType),
            unrotated?.type != layerType
        {
            warnings.append("layer_type has no effect: \(subject) has one set of parameters for all layers")
        }
        self.warnings = warnings + [unrotated?.warning(layerType: layerType, of: subject)].compactMap(\.self)
    }
}
