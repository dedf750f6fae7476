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
