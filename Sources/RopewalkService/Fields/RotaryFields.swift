import PositionalEncoding

/// The rotary parameters of a request, read and not yet held against a dimension.
///
/// A class, as a copy of so many takes longer than reading some.
final class RotaryFields: Sendable {
    /// In the order of the documentation, in which the later of two that contradict each other is to blame.
    static let names =
        [
            "base", "rope_theta", "rotary_dim", "rotary_start", "layout", "output_layout", "scaling", "seq_len",
            "model",
            "config", "layer_type", "precision",
        ] + SubstituteFields.names
    /// The same in a query, where the keys of a scaling stand on their own.
    static let queryNames =
        names.filter { !["scaling", "config", "cos", "sin"].contains($0) } + ScalingFields.names

    private let base: Double?
    let basePlace: Place
    let rotaryDimension: Int?
    let rotaryDimensionPlace: Place
    private let rotaryShare: Double?
    private let rotaryStart: Int?
    let rotaryStartPlace: Place
    private let layout: PairLayout?
    private let outputLayout: PairLayout?
    private let scaling: Scaling?
    let scalingPlace: @Sendable (String) -> Place
    private let axes: PairAxes
    private let substitute: LadderSubstitute?
    let substitutePlace: Place
    private let config: ConfigFields?
    private let length: Double?
    /// Whether the ladder depends on a length that only positions could tell.
    let isLengthMissing: Bool
    private let precision: Precision
    /// What the attention of a model or config does besides rotating; nil where neither is given.
    let attention: LayerAttention?
    /// What is legal and probably not meant.
    let warnings: [String]
    let source: RopeSource
    /// The original context and the extended one, in positions, as far as they are given or follow.
    let contexts: (original: Double?, extended: Double?)

    convenience init(_ fields: JSONFields, _ models: ModelCatalog) throws {
        var known = try fields.ifGiven("model") { try KnownParameters(model: $0, fields, models) }
        if fields.contains("config") {
            guard known == nil else {
                throw Problem(
                    .contradiction, at: fields.place(of: "config"), "config and model say the same things; give one")
            }
            known = try KnownParameters(config: fields.object("config", ignoringNull: true), fields)
        }
        var object: JSONFields?
        let scaling = try fields.ifGiven("scaling") { name in
            let keys = try fields.object(name)
            object = keys
            return try ScalingFields(keys, otherNames: ["rope_theta"])
        }
        try self.init(
            fields, scaling: scaling,
            scalingBase: object.flatMap { keys in try keys.ifGiven("rope_theta", keys.number) },
            scalingPlace: { [object] in
                object?.place(of: $0) ?? fields.place(of: fields.contains("model") ? "model" : "config")
            },
            substitute: SubstituteFields.read(fields, scaling: scaling), known: known, mustNameLayout: true)
    }

    /// Those of a request that has none of them.
    static let defaults = Result { try RotaryFields(nil) }

    /// Those of a query, which has no layout to choose where nothing is turned.
    convenience init(_ fields: QueryFields, _ models: ModelCatalog, mustNameLayout: Bool) throws {
        let known = try fields.ifGiven("model") { try KnownParameters(model: $0, fields, models) }
        let scaling = try Self.scaling(fields, known?.config)
        try self.init(
            fields, scaling: scaling, scalingBase: nil,
            scalingPlace: { fields.place(of: fields.contains($0) || !fields.contains("model") ? $0 : "model") },
            substitute: SubstituteFields.inverseFrequencies(fields, scaling: scaling),
            known: known, mustNameLayout: mustNameLayout)
    }

    private init(
        _ fields: some Fields, scaling: ScalingFields?, scalingBase: Double?,
        scalingPlace: @escaping @Sendable (String) -> Place,
        substitute: LadderSubstitute?, known: KnownParameters?, mustNameLayout: Bool
    ) throws {
        if known == nil, fields.contains("layer_type") {
            throw Problem(
                .contradiction, at: fields.place(of: "layer_type"),
                "layer_type chooses within config or model, and neither is given")
        }
        let config = known?.config
        let names = ["base", "rope_theta"].filter(fields.contains)
        if names.count == 2 {
            throw Problem(
                .contradiction, at: fields.place(of: "rope_theta"),
                "base and rope_theta are two names of one thing; give one")
        }
        let given = try names.first.map(fields.number)
        if let given, let scalingBase, given != scalingBase {
            throw Problem(
                .contradiction, at: scalingPlace("rope_theta"),
                "rope_theta is \(scalingBase.shortest), and \(names[0]) beside scaling \(given.shortest); they are one thing"
            )
        }
        if case .inverseFrequencies = substitute, scalingBase != nil {
            throw Problem(
                .contradiction, at: scalingPlace("rope_theta"),
                "inv_freq is the ladder itself, and rope_theta says how to make one; give one")
        }
        base = given ?? scalingBase
        basePlace =
            if given == nil, scalingBase != nil {
                scalingPlace("rope_theta")
            } else if given == nil, let config {
                config.basePlace
            } else {
                fields.place(of: names.first ?? "base")
            }
        rotaryDimension = try fields.ifGiven("rotary_dim", fields.integer)
        rotaryShare = scaling?.rotaryShare
        rotaryDimensionPlace =
            rotaryShare == nil ? fields.place(of: "rotary_dim") : scalingPlace("partial_rotary_factor")
        if rotaryShare != nil, rotaryDimension != nil {
            throw Problem(
                .contradiction, at: scalingPlace("partial_rotary_factor"),
                "partial_rotary_factor says how much of a vector turns, and rotary_dim is given; give one")
        }
        rotaryStart = try fields.ifGiven("rotary_start", fields.integer)
        rotaryStartPlace = fields.place(of: "rotary_start")
        let output = try fields.ifGiven("output_layout", fields.layout)
        outputLayout = output ?? (fields.contains("layout") ? nil : known?.outputLayout)
        layout = try fields.ifGiven("layout", fields.layout)
        if layout == nil, let config, config.layout == nil { throw config.layoutProblem }
        self.scaling = scaling?.scaling
        self.scalingPlace = scalingPlace
        axes = scaling?.axes ?? config?.axes ?? .single
        self.substitute = substitute
        substitutePlace = fields.place(of: SubstituteFields.names.first(where: fields.contains) ?? "inv_freq")
        self.config = config
        attention = known?.attention
        source = RopeSource(
            // Of a model the catalog says where its parameters are from.
            inferred: known?.model != nil
                ? nil
                : config?.inferred(
                    beside: [
                        base == nil ? nil : "base", layout == nil ? nil : "layout",
                        layout == nil && output == nil ? nil : "output_layout",
                        rotaryDimension == nil && rotaryShare == nil ? nil : "rotary_dim",
                    ]),
            model: known?.model,
            place: scaling == nil && known != nil
                ? fields.place(of: known?.model == nil ? "config" : "model") : scalingPlace("rope_type"))
        precision = try fields.ifGiven("precision") { try fields.choice($0, of: Precision.self) } ?? .float64
        let length = try fields.ifGiven("seq_len", fields.integer)
        if let length, length < 1 {
            throw Problem(.outOfRange, at: fields.place(of: "seq_len"), "seq_len must be at least 1; this is \(length)")
        }
        self.length = length.map(Double.init)
        let effective = self.scaling ?? config?.scaling ?? .none
        contexts = effective.contexts(given: scaling?.lengths ?? config?.lengths ?? .init(), length: self.length)
        var warnings = (scaling?.warnings ?? []) + (known?.warnings ?? [])
        if length != nil, substitute != nil {
            warnings.append("seq_len has no effect: inv_freq is the ladder for every length")
        } else if length != nil, !effective.dependsOnLength {
            warnings.append(
                "seq_len has no effect: rope_type \"\(effective.name.rawValue)\" has one ladder for every length")
        }
        if let scaling, scaling.axes == .single, let config, config.axes != .single {
            warnings.append(
                "scaling stands in place of the \(known?.model == nil ? "config" : "model")'s as a whole, so positions have one axis; give its mrope_section, too, for several"
            )
        }
        isLengthMissing = length == nil && substitute == nil && effective.dependsOnLength
        if case .tables = substitute, fields.contains("precision") {
            warnings.append("precision has no effect: cos and sin are used as they are")
        }
        if mustNameLayout, layout == nil, config == nil, ![.default, .linear].contains(effective.name) {
            warnings.append(
                "layout is interleaved by default, and most checkpoints with rope_type \"\(effective.name.rawValue)\" are half; name the layout"
            )
        }
        self.warnings = warnings
    }

    /// d of a model, where one is named.
    var headDimension: Int? { config?.headDimension }

    /// The parameters of a model as it is, or those that hold where nothing is named.
    convenience init(_ known: KnownParameters?) throws {
        try self.init(
            NoFields(), scaling: nil, scalingBase: nil, scalingPlace: { NoFields().place(of: $0) }, substitute: nil,
            known: known, mustNameLayout: false)
    }

    /// The parameters for vectors of a dimension. Throws where they do not go together.
    ///
    /// `dimension` is d; `place` is where the request has it, and `name` says so in words.
    func parameters(dimension: Int, at place: Place, saying name: (Int) -> String) throws -> RotaryParameters {
        let rotary = try rotaryDimension(of: dimension, at: place, saying: name)
        do throws(RotaryParameterError) {
            return try RotaryParameters(
                dimension: dimension, rotaryDimension: rotary, rotaryStart: start(dimension, rotary),
                base: base ?? config?.base ?? RotaryParameters.defaultBase,
                layout: layout ?? config?.layout ?? .interleaved, outputLayout: outputLayout,
                scaling: scaling ?? config?.scaling ?? .none, axes: axes, substitute: substitute,
                precision: precision, length: length)
        } catch {
            throw problem(error, at: place, saying: name)
        }
    }

    /// r, where it is not d. Throws where a config's heads are not of d elements, and what turns of them is not either.
    private func rotaryDimension(of dimension: Int, at place: Place, saying name: (Int) -> String) throws -> Int? {
        if let rotaryDimension { return rotaryDimension }
        if let rotaryShare { return Int(rotaryShare * Double(dimension)) }
        guard let config else { return nil }
        let head = config.headDimension
        guard let turning = config.rotaryDimension ?? head, dimension != turning else { return nil }
        guard dimension == head else {
            let heads = head.map { $0 == turning ? "" : ", in heads of \($0)" } ?? ""
            throw Problem(
                .shapeMismatch, at: place,
                "\(name(dimension)), and by \(source.model.map { "model \($0)" } ?? "config") \(turning.elements) \(turning == 1 ? "turns" : "turn")\(heads)"
            )
        }
        return turning
    }

    /// The first element that turns, where it is not the first of all.
    private func start(_ dimension: Int, _ rotary: Int?) -> Int {
        if let rotaryStart { return rotaryStart }
        guard config?.turnsLastPart == true, let rotary else { return 0 }
        return dimension - rotary
    }
}

extension Scaling {
    /// The contexts that the scaling names, or else those beside it.
    fileprivate func contexts(
        given lengths: ScalingFields.Lengths, length: Double?
    ) -> (original: Double?, extended: Double?) {
        switch self {
        case .none: (lengths.original ?? lengths.extended, nil)
        case .dynamic: (contexts.original, length ?? contexts.extended)
        default: (contexts.original ?? lengths.original, lengths.extended ?? contexts.extended)
        }
    }
}
