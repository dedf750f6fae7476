import PositionalEncoding

/// The keys of a scaling with the values in force, lists of factors but for their length left out.
struct ScalingDescription: Encodable, Sendable {
    private enum Value: Sendable {
        case number(Double)
        case flag(Bool)
    }

    private let values: [(key: String, value: Value)]

    /// nil where nothing is scaled.
    init?(_ scaling: Scaling) {
        let values: [String: Value]
        switch scaling {
        case .none:
            return nil
        case .linear(let linear):
            values = ["factor": .number(linear.factor)]
        case .dynamic(let dynamic):
            values = ["factor": .number(dynamic.factor), "max_position_embeddings": .number(dynamic.originalLength)]
        case .yarn(let yarn):
            values = [
                "beta_fast": .number(yarn.fastTurns), "beta_slow": .number(yarn.slowTurns),
                "factor": .number(yarn.factor), "original_max_position_embeddings": .number(yarn.originalLength),
                "truncate": .flag(yarn.truncates),
            ]
        case .longRope(let longRope):
            values = [
                "factor": .number(longRope.factor),
                "original_max_position_embeddings": .number(longRope.originalLength),
            ]
        case .llama3(let llama3):
            values = [
                "factor": .number(llama3.factor), "high_freq_factor": .number(llama3.highFrequencyFactor),
                "low_freq_factor": .number(llama3.lowFrequencyFactor),
                "original_max_position_embeddings": .number(llama3.originalLength),
            ]
        case .proportional(let proportional):
            values = [
                "factor": .number(proportional.factor), "partial_rotary_factor": .number(proportional.share),
            ]
        case .ntk(let ntk):
            values = ["factor": .number(ntk.factor)]
        case .ntkAlpha(let ntk):
            values = ["alpha": .number(ntk.alpha)]
        case .ntkByParts(let ntk):
            values = [
                "alpha": .number(ntk.alpha), "beta": .number(ntk.beta), "factor": .number(ntk.factor),
                "original_max_position_embeddings": .number(ntk.originalLength),
            ]
        case .allpass(let allpass):
            values = ["rho": .number(allpass.rho)]
        }
        self.values = values.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        for (key, value) in values {
            switch value {
            case .number(let number): try object.encode(number, forKey: Key(stringValue: key))
            case .flag(let flag): try object.encode(flag, forKey: Key(stringValue: key))
            }
        }
    }
}
