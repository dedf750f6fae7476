import PositionalEncoding

/// `"rope"`: the parameters that an answer was computed with, whoever chose them.
struct RopeDescription: Encodable, Sendable {
    private let attentionFactor: Double
    private let base: Double
    private let dim: Int
    private let layout: String
    private let ropeType: String
    private let rotaryDim: Int
    private let scaling: [String: Double]?

    init(_ parameters: RotaryParameters, _ table: FrequencyTable) {
        attentionFactor = table.attentionFactor
        base = parameters.base
        dim = parameters.dimension
        layout = parameters.layout.rawValue
        ropeType = parameters.scaling.name.rawValue
        rotaryDim = parameters.rotaryDimension
        scaling =
            switch parameters.scaling {
            case .none: nil
            case .linear(let linear): ["factor": linear.factor]
            }
    }

    private enum CodingKeys: String, CodingKey {
        case attentionFactor = "attention_factor"
        case base, dim, layout
        case ropeType = "rope_type"
        case rotaryDim = "rotary_dim"
        case scaling
    }
}
