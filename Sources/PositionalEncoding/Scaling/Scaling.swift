/// How the ladder of frequencies is changed for longer contexts.
///
/// The names are those of `rope_type` in Hugging Face configs. A case holds only what is valid.
package enum Scaling: Sendable, Hashable {
    /// The ladder as RoFormer has it.
    case none
    case linear(LinearScaling)

    /// `rope_type`.
    package var name: Name {
        switch self {
        case .none: .default
        case .linear: .linear
        }
    }

    /// The known values of `rope_type`.
    package enum Name: String, Sendable, CaseIterable {
        case `default`
        case linear
    }

    /// Inverse frequencies from those of the unscaled ladder, in rad per position, and the factor on rotated elements.
    func apply(to inverseFrequencies: [Double]) -> (inverseFrequencies: [Double], attentionFactor: Double) {
        switch self {
        case .none: (inverseFrequencies, 1)
        case .linear(let linear): (linear.apply(to: inverseFrequencies), 1)
        }
    }
}

/// Why a scaling cannot be, by the parameter that is to blame.
package enum ScalingError: Error, Equatable {
    case factor(Double)
}
