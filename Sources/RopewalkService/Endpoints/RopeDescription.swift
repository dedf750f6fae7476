import Caching
import PositionalEncoding
import TensorCoding

/// A value, or null where there can be none.
struct Nullable<Value: Encodable & Sendable>: Encodable, Sendable {
    private let value: Value?

    init(_ value: Value?) {
        self.value = value
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

/// `"rope"`: the parameters that an answer was computed with, whoever chose them.
///
/// It is text from the start: equal rotations have equal descriptions, and the last are kept.
struct RopeDescription: Encodable, Sendable {
    /// What a description depends on where it does not depend on lengths.
    private struct Key: Equatable {
        let parameters: RotaryParameters
        let model: String?

        /// nil where it does depend on more, or that is a list.
        init?(_ parameters: RotaryParameters, _ source: RopeSource) {
            guard !parameters.dependsOnLength, parameters.substitute == nil, source.inferred == nil else { return nil }
            if case .longRope = parameters.scaling { return nil }
            self.parameters = parameters
            model = source.model
        }
    }

    private static let known = Recent<Key, JSONText>()

    let json: JSONText

    /// `tables` makes those of each batch, or one for all; it is not called where the description is known.
    ///
    /// Throws what `tables` throws, and where a number is not finite.
    init(
        _ parameters: RotaryParameters, _ source: RopeSource, tables: () throws -> [FrequencyTable]
    ) throws {
        func text() throws -> JSONText { try JSONText(RopeMembers(parameters, tables(), source)) }
        let key = Key(parameters, source)
        json = try key.map { try Self.known.value(for: $0, orMake: text) } ?? text()
    }

    func encode(to encoder: any Encoder) { json.encode(to: encoder) }
}

/// The members of a description of a rotation.
private struct RopeMembers: Encodable {
    /// A value for all sequences, or a list with one for each batch where they differ.
    struct PerBatch<Value: Encodable & Equatable & Sendable>: Encodable, Sendable {
        let values: [Value]

        init?(_ values: [Value?]) {
            let values = values.compactMap(\.self)
            guard let first = values.first else { return nil }
            self.values = values.allSatisfy { $0 == first } ? [first] : values
        }

        func encode(to encoder: any Encoder) throws {
            if values.count == 1 {
                var container = encoder.singleValueContainer()
                try container.encode(values[0])
            } else {
                try values.encode(to: encoder)
            }
        }
    }

    private let attentionFactor: Double
    private let axes: String?
    private let base: Nullable<Double>
    private let dim: Int
    private let effectiveBase: PerBatch<Double>?
    private let factors: PerBatch<String>?
    private let inferred: [String]?
    private let ladder: String?
    private let layout: String
    private let model: String?
    private let outputLayout: String?
    private let precision: String?
    private let ropeType: String
    private let rotaryDim: Int
    private let rotaryStart: Int?
    private let scaling: ScalingDescription?

    init(_ parameters: RotaryParameters, _ tables: [FrequencyTable], _ source: RopeSource) {
        attentionFactor = parameters.attentionFactor
        axes = tables.first?.axisLetters
        base = Nullable(parameters.substitute == nil ? parameters.base : nil)
        dim = parameters.dimension
        effectiveBase = PerBatch(tables.map(\.effectiveBase))
        var factors: PerBatch<String>?
        if case .longRope = parameters.scaling, parameters.substitute == nil {
            factors = PerBatch(tables.map { $0.isLong ? "long" : "short" })
        }
        self.factors = factors
        inferred = source.inferred
        ladder =
            switch parameters.substitute {
            case nil: nil
            case .inverseFrequencies: "inv_freq"
            case .tables: "cos_sin"
            }
        model = source.model
        layout = parameters.layout.rawValue
        outputLayout = parameters.outputLayout == parameters.layout ? nil : parameters.outputLayout.rawValue
        rotaryStart = parameters.rotaryStart == 0 ? nil : parameters.rotaryStart
        var precision: String?
        if case .tables = parameters.substitute {
        } else if parameters.precision != .float64 {
            precision = parameters.precision.rawValue
        }
        self.precision = precision
        ropeType = parameters.scaling.name.rawValue
        rotaryDim = parameters.rotaryDimension
        scaling = parameters.substitute == nil ? ScalingDescription(parameters.scaling) : nil
    }

    private enum CodingKeys: String, CodingKey {
        case attentionFactor = "attention_factor"
        case axes, base, dim
        case effectiveBase = "effective_base"
        case factors, inferred, ladder, layout, model
        case outputLayout = "output_layout"
        case precision
        case ropeType = "rope_type"
        case rotaryDim = "rotary_dim"
        case rotaryStart = "rotary_start"
        case scaling
    }
}
