import PositionalEncoding

/// Bounds of rounding errors, from which the tests take their tolerances.
///
/// u is the unit roundoff, half an ulp of 1: 2^−24 for float32, 2^−53 for float64. For a pair p = (a, b) turned by an angle
/// that float64 holds:
///
///     cosine and sine    float32: rounded once, u; float64: under one ulp, 2u
///     the two products   u each; |a·cos| + |b·sin| ≤ ‖p‖, so that products and cosines cost at most 3u‖p‖
///     their sum          u‖p‖
///
/// That is 4u‖p‖ an element, √2 · 4u‖p‖ < 5.7u‖p‖ a pair, and with the terms of second order below 6u‖p‖.
enum Rounding {
    static func unit(_ type: ScalarType) -> Double {
        switch type {
        case .float32: 0x1p-24
        case .float64: 0x1p-53
        }
    }

    /// How far a turned pair of length 1 may be from where exact arithmetic takes it.
    static func turn(_ type: ScalarType) -> Double {
        6 * unit(type)
    }

    /// How far an angle may be from the exact product of a position and the inverse frequency that the table holds: one
    /// float64 product is rounded, and inverse frequencies are at most 1 rad per position.
    static func angle(at position: Double) -> Double {
        0x1p-53 * abs(position)
    }
}
