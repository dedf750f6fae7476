import PositionalEncoding

/// The rotary parameters of a request, read and not yet held against a dimension.
struct RotaryFields {
    /// In the order of the documentation, in which the later of two that contradict each other is to blame.
    static let names = ["base", "rope_theta", "rotary_dim", "layout", "scaling", "seq_len"]
    /// The same in a query, where the keys of a scaling stand on their own.
    static let queryNames = names.filter { $0 != "scaling" } + ScalingFields.names

    private let base: Double?
    private let basePlace: Place
    private let rotaryDimension: Int?
    private let rotaryDimensionPlace: Place
    private let layout: PairLayout?
    private let scaling: Scaling
    /// What is legal and probably not meant.
    let warnings: [String]

    init(_ fields: JSONFields) throws {
        try self.init(
            fields,
            scaling: fields.ifGiven("scaling") { name in
                let keys = try fields.object(name)
                // The type first: a scaling that is not known has keys that are not.
                _ = try keys.ifGiven("rope_type") { try keys.choice($0, of: Scaling.Name.self) }
                try keys.refuseAll(but: ScalingFields.names)
                return try ScalingFields.read(keys)
            })
    }

    init(_ fields: QueryFields) throws {
        let isScaled = ScalingFields.names.contains(where: fields.contains)
        try self.init(fields, scaling: isScaled ? ScalingFields.read(fields) : nil)
    }

    private init(_ fields: some Fields, scaling: Scaling?) throws {
        let names = ["base", "rope_theta"].filter(fields.contains)
        if names.count == 2 {
            throw Problem(
                .contradiction, at: fields.place(of: "rope_theta"),
                "base and rope_theta are two names of one thing; give one")
        }
        base = try names.first.map(fields.number)
        basePlace = fields.place(of: names.first ?? "base")
        rotaryDimension = try fields.ifGiven("rotary_dim", fields.integer)
        rotaryDimensionPlace = fields.place(of: "rotary_dim")
        layout = try fields.ifGiven("layout") { try fields.choice($0, of: PairLayout.self) }
        self.scaling = scaling ?? .none
        let length = try fields.ifGiven("seq_len", fields.integer)
        if let length, length < 1 {
            throw Problem(.outOfRange, at: fields.place(of: "seq_len"), "seq_len must be at least 1; this is \(length)")
        }
        warnings =
            length == nil
            ? []
            : ["seq_len has no effect: rope_type \"\(self.scaling.name.rawValue)\" has one ladder for every length"]
    }

    /// The parameters for vectors of a dimension. Throws where they do not go together.
    ///
    /// `dimension` is d; `place` is where the request has it, and `name` says so in words.
    func parameters(dimension: Int, at place: Place, saying name: (Int) -> String) throws -> RotaryParameters {
        do throws(RotaryParameterError) {
            return try RotaryParameters(
                dimension: dimension, rotaryDimension: rotaryDimension, base: base ?? RotaryParameters.defaultBase,
                layout: layout ?? .interleaved, scaling: scaling)
        } catch {
            throw problem(error, at: place, saying: name)
        }
    }

    private func problem(_ error: RotaryParameterError, at place: Place, saying name: (Int) -> String) -> Problem {
        switch error {
        case .dimension(let dimension):
            Problem(
                .outOfRange, at: place,
                "\(name(dimension)); a dimension is from 1 to \(RotaryParameters.maxDimension)")
        case .oddDimension(let dimension):
            Problem(
                .oddDimension, at: place, "\(name(dimension)); RoPE rotates pairs, so rotary_dim must be even")
        case .rotaryDimension(let dimension) where dimension > 0:
            Problem(
                .oddDimension, at: rotaryDimensionPlace,
                "rotary_dim is \(dimension); RoPE rotates pairs, so rotary_dim must be even")
        case .rotaryDimension(let dimension):
            Problem(.outOfRange, at: rotaryDimensionPlace, "rotary_dim must be at least 2; this is \(dimension)")
        case .rotaryDimensionTooLarge(let rotary, let dimension):
            Problem(
                .outOfRange, at: rotaryDimensionPlace,
                "rotary_dim is \(rotary), and the vectors have only \(dimension) elements")
        case .base(let base):
            Problem(.outOfRange, at: basePlace, "base must be from 1 to 1e30; this is \(base.shortest)")
        }
    }
}
