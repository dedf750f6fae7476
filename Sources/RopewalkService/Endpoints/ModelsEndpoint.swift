import MicroHTTP
import PositionalEncoding
import TensorCoding

/// `GET /models`: the models that are known by name.
struct ModelsEndpoint: Endpoint {
    let models: ModelCatalog

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        let list = List(models: models.all.map { List.Model(aliases: $0.aliases, name: $0.name) })
        return .now(
            HTTPResponse(
                status: 200, headers: ["Content-Type": "application/json"], body: try JSONWriter.write(list)))
    }

    private struct List: Encodable {
        struct Model: Encodable {
            let aliases: [String]
            let name: String
        }
        let models: [Model]
    }
}

/// `GET /models/{name}`: the rotary parameters of a model, and where they are from.
struct ModelEndpoint: Endpoint {
    let models: ModelCatalog
    let engine: RotaryEngine

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer {
        let name = request.target.path.split(separator: "/").last.map(String.init) ?? ""
        guard let model = models[name] else {
            throw Problem(.notFound, "there is no model \"\(name.clipped)\" here\(models.hint(for: name))")
        }
        let types: [String?] = model.layerTypes.isEmpty ? [nil] : model.layerTypes
        let ropes = try types.map { type in
            guard let config = model.config(layerType: type), let dimension = config.headDimension else {
                preconditionFailure("a preset has parameters for each of its types of layers")
            }
            let rotary = try RotaryFields(KnownParameters(model, config))
            let place = Place.pointer(JSONPointer(["config"]))
            let parameters = try rotary.parameters(dimension: dimension, at: place) { "heads are of \($0.elements)" }
            return try RopeDescription(parameters, rotary.source) {
                try engine.tables(for: parameters, reaching: [], from: rotary.source)
            }
        }
        guard let config = types.first.flatMap({ model.config(layerType: $0) }) else {
            preconditionFailure("a preset has a config")
        }
        let attention = model.attention(config)
        let answer = Answer(
            aliases: model.aliases,
            layers: model.layerTypes.isEmpty ? nil : Dictionary(uniqueKeysWithValues: zip(model.layerTypes, ropes)),
            layersWithoutRotation: model.unrotatedLayers(config)?.layers, name: model.name,
            rope: model.layerTypes.isEmpty ? ropes[0] : nil, softmaxScale: attention.scale, source: model.source,
            unverified: model.unverified.isEmpty ? nil : model.unverified, window: attention.window)
        return .now(
            HTTPResponse(
                status: 200, headers: ["Content-Type": "application/json"], body: try JSONWriter.write(answer)))
    }

    private struct Answer: Encodable {
        let aliases: [String]
        let layers: [String: RopeDescription]?
        let layersWithoutRotation: String?
        let name: String
        let rope: RopeDescription?
        let softmaxScale: Double?
        let source: String
        let unverified: [String]?
        let window: Int?

        enum CodingKeys: String, CodingKey {
            case aliases, layers
            case layersWithoutRotation = "layers_without_rotation"
            case name, rope
            case softmaxScale = "softmax_scale"
            case source, unverified, window
        }
    }
}

extension ModelCatalog {
    /// Why there is no model of a name, which one may be meant, or where the list is.
    func hint(for name: String) -> String {
        let name = Self.plain(name)
        if let explanation = OtherPositions.explanation(of: name) { return "; \(explanation)" }
        return names.sorted().nearest(to: name).map { "; did you mean \($0)?" } ?? "; GET /models lists them"
    }
}
