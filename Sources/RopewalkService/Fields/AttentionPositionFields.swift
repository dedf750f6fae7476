import PositionalEncoding

/// Where queries and keys stand, from `query_positions` and `key_positions`.
struct AttentionPositionFields {
    private let fields: any Fields
    private let shape: AttentionShape
    private let axes: PairAxes

    init(_ fields: any Fields, _ shape: AttentionShape, axes: PairAxes) {
        self.fields = fields
        self.shape = shape
        self.axes = axes
    }

    /// Positions of both, or nil where nothing needs them: given ones are checked then as well, and warned of.
    ///
    /// Keys stand at 0, 1, … by default, and queries where the last keys do. Throws where there are too few keys for that.
    func read(areNeeded: Bool, _ warnings: inout [String]) throws -> (query: Positions, key: Positions)? {
        let query = try given("query_positions", "query", shape.queryLength)
        let key = try given("key_positions", "key", shape.keyLength)
        guard areNeeded else {
            for (name, positions) in [("query_positions", query), ("key_positions", key)] where positions != nil {
                warnings.append("\(name) has no effect: nothing is rotated, and causal is false")
            }
            return nil
        }
        let keys = key ?? .consecutive(from: 0)
        if let query { return (query, keys) }
        guard shape.queryLength <= shape.keyLength else {
            throw Problem(
                .missingField, at: fields.place(of: "query_positions"),
                "query_positions is missing; by default queries are where the last keys are, and there are more queries (\(shape.queryLength)) than keys (\(shape.keyLength)) (axes are [batch, heads, seq, dim])"
            )
        }
        return (keys.last(shape.queryLength, of: shape.keyLength), keys)
    }

    private func given(_ name: String, _ tensor: String, _ rowCount: Int) throws -> Positions? {
        try fields.ifGiven(name) { name in
            try PositionFields(
                fields: fields, name: name, tensor: tensor, rowCount: rowCount,
                listCount: shape.rank == 4 ? shape.batch : nil, axes: axes
            ).lists()
        }
    }
}
