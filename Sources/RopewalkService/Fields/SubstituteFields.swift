import PositionalEncoding
import TensorCoding

/// What a request has in place of the ladder: `inv_freq`, or `cos` and `sin`.
enum SubstituteFields {
    static let names = ["inv_freq", "cos", "sin"]

    private static let ladderNames = ["base", "rope_theta", "scaling", "model", "config", "inv_freq", "seq_len"]

    /// nil where the ladder is as others make it. Throws where two of them would.
    static func read(_ fields: JSONFields, scaling: ScalingFields?) throws -> LadderSubstitute? {
        guard let given = ["cos", "sin"].first(where: fields.contains) else {
            return try inverseFrequencies(fields, scaling: scaling)
        }
        if let other = ladderNames.first(where: fields.contains) {
            throw Problem(
                .contradiction, at: fields.place(of: given),
                "cos and sin are used as they are, without a ladder, and \(other) says which ladder; give one")
        }
        let cosines = try table("cos", fields)
        let sines = try table("sin", fields)
        guard cosines.shape == sines.shape else {
            throw Problem(
                .shapeMismatch, at: fields.place(of: "sin"),
                "sin has the shape \(sines.shape), and cos \(cosines.shape); they go together")
        }
        return CosineTables(cosines: cosines.numbers, sines: sines.numbers, rowCount: cosines.shape[0])
            .map { .tables($0) }
    }

    /// `inv_freq` alone, which a query may have.
    static func inverseFrequencies(_ fields: some Fields, scaling: ScalingFields?) throws -> LadderSubstitute? {
        guard fields.contains("inv_freq") else { return nil }
        if let base = ["base", "rope_theta"].first(where: fields.contains) {
            throw Problem(
                .contradiction, at: fields.place(of: "inv_freq"),
                "inv_freq is the ladder itself, and \(base) says how to make one; give one")
        }
        if let scaling, scaling.scaling != .none {
            throw Problem(
                .contradiction, at: fields.place(of: "inv_freq"),
                "inv_freq is the ladder as it is, and rope_type \"\(scaling.scaling.name.rawValue)\" would change it; give one"
            )
        }
        return .inverseFrequencies(try fields.numbers("inv_freq"))
    }

    private static func table(_ name: String, _ fields: JSONFields) throws -> (numbers: [Double], shape: [Int]) {
        guard fields.contains(name) else {
            throw Problem(
                .missingField, at: fields.place(of: name), "\(name) is missing; cos and sin go together")
        }
        let list = try NumberList(from: fields.decoder(of: name))
        guard list.axes.count == 2 else {
            throw Problem(
                .wrongType, at: fields.place(of: name),
                "\(name) is a table [seq, rotary_dim/2], or [max_position, rotary_dim/2]; this has \(list.axes.count.axes)"
            )
        }
        return (list.numbers, list.axes)
    }
}

extension CosineTables {
    /// Throws unless there is a row for each position, and for an inverse rotation each can be turned back.
    ///
    /// `name` is the field that holds the positions, or one number for all of them; `tensor` that of the rows, of which there are `rowCount` in a sequence.
    func check(
        _ positions: Positions, rowCount rows: Int, of tensor: String, name: String, in fields: any Fields,
        isInverse: Bool, isOneNumber: Bool = false
    ) throws {
        let lists = positions.lists(length: rows)
        func place(_ batch: Int, _ index: Int) -> Place {
            guard fields.contains(name) else { return fields.place(of: fields.contains("offset") ? "offset" : "cos") }
            switch positions {
            case .perBatch: return fields.place(of: name, indices: [batch, index])
            case .shared where !isOneNumber: return fields.place(of: name, indices: [index])
            default: return fields.place(of: name)
            }
        }
        for (batch, list) in lists.enumerated() {
            for (index, position) in list.enumerated() {
                guard let row = Int(exactly: position), (0..<rowCount).contains(row) else {
                    throw Problem(
                        position == position.rounded() ? .outOfRange : .contradiction, at: place(batch, index),
                        "cos and sin have rows for the whole positions 0 to \(rowCount - 1), and row \(index) of \(tensor) is at \(position.shortest)"
                    )
                }
                guard isInverse, let pair = firstSingularPair(ofRow: row) else { continue }
                throw Problem(
                    .outOfRange, at: fields.place(of: "cos", indices: [row, pair]),
                    "inverse divides by cos² + sin², which is 0 here")
            }
        }
    }
}
