import PositionalEncoding
import TensorCoding

/// The scaling of a model's config with keys of a query in place of its own.
struct MergedScaling: Fields {
    private let query: QueryFields
    private let config: JSONFields
    /// Keys of the config that do not hold next to the query.
    private let left: Set<String>

    /// `keepsShare` says that the scaling itself has a use for the model's share of rotated elements.
    init(_ query: QueryFields, over config: JSONFields, keepsShare: Bool) {
        self.query = query
        self.config = config
        let isOnAxes = ScalingFields.axisNames.contains(where: query.contains) && !query.contains("axes")
        left = Set((isOnAxes ? [] : ScalingFields.axisNames) + (keepsShare ? [] : ["partial_rotary_factor"]))
    }

    var names: [String] {
        query.names + config.names.filter { !query.contains($0) && !left.contains($0) }
    }

    func contains(_ name: String) -> Bool { query.contains(name) || isOfConfig(name) }

    private func isOfConfig(_ name: String) -> Bool {
        !query.contains(name) && !left.contains(name) && config.contains(name)
    }

    private func source(of name: String) -> any Fields { isOfConfig(name) ? config : query }

    func place(of name: String) -> Place { isOfConfig(name) ? query.place(of: "model") : query.place(of: name) }
    func place(of name: String, indices: [Int]) -> Place { place(of: name) }
    func number(_ name: String) throws -> Double { try source(of: name).number(name) }
    func boolean(_ name: String) throws -> Bool { try source(of: name).boolean(name) }
    func string(_ name: String) throws -> String { try source(of: name).string(name) }
    func numbers(_ name: String) throws -> [Double] { try source(of: name).numbers(name) }

    func positions(_ name: String, rowCounts: ClosedRange<Int>) throws -> PositionList {
        try query.positions(name, rowCounts: rowCounts)
    }

    func rotary(_ context: RequestContext) throws -> RotaryFields { try query.rotary(context) }
}

extension RotaryFields {
    /// The scaling of a query's keys: in place of a model's as a whole with `rope_type`, else key by key.
    static func scaling(_ fields: QueryFields, _ config: ConfigFields?) throws -> ScalingFields? {
        guard ScalingFields.names.contains(where: fields.contains) else { return nil }
        guard let config, let keys = config.scalingFields, !["rope_type", "type"].contains(where: fields.contains)
        else {
            return try ScalingFields(fields, otherNames: fields.names)
        }
        let isProportional = if case .proportional = config.scaling { true } else { false }
        let merged = MergedScaling(fields, over: keys, keepsShare: isProportional)
        var lengths = config.lengths
        lengths.extended = try ScalingFields.length("max_position_embeddings", fields) ?? lengths.extended
        if let original = try ScalingFields.length("original_max_position_embeddings", fields) {
            lengths.original = original
            lengths.isBeforeOriginal = true
        }
        let isOnAxes = ScalingFields.axisNames.contains(where: fields.contains)
        return try ScalingFields(
            merged, beside: lengths, defaultType: .default, otherNames: merged.names,
            inheritedAxes: isOnAxes ? nil : config.axes)
    }
}
