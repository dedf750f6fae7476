import PositionalEncoding

extension RotaryFields {
    /// What a client is told of parameters that do not go together, at the field that is to blame.
    func problem(_ error: RotaryParameterError, at place: Place, saying name: (Int) -> String) -> Problem {
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
                "rotary_dim is \(rotary), and the vectors have only \(dimension.elements)")
        case .rotaryStart(let start, 0) where start > 0 && rotaryDimension == nil:
            Problem(
                .outOfRange, at: rotaryStartPlace,
                "rotary_start is \(start), and without rotary_dim all elements turn, from 0 on; give rotary_dim, too")
        case .rotaryStart(let start, let largest):
            Problem(
                .outOfRange, at: rotaryStartPlace,
                "rotary_start is \(start), and the elements that turn end within the vector from 0 to \(largest)")
        case .base(let base):
            Problem(.outOfRange, at: basePlace, "base must be from 1 to 1e30; this is \(base.shortest)")
        case .rotaryDimensionTooSmall(let rotary, let least, let name):
            Problem(
                .outOfRange, at: rotaryDimension == nil ? place : rotaryDimensionPlace,
                "rope_type \"\(name.rawValue)\" divides by rotary_dim − 2, so rotary_dim must be at least \(least); this is \(rotary)"
            )
        case .baseOfOne(let name):
            Problem(
                .outOfRange, at: basePlace,
                "rope_type \"\(name.rawValue)\" divides by the logarithm of base, so base must be greater than 1")
        case .factorCount(let parameter, let count, let pairs):
            Problem(
                .shapeMismatch, at: rotaryDimension == nil ? scalingPlace(parameter) : rotaryDimensionPlace,
                "\(parameter) has \(count.counted("factor")), and \(pairs.pairs) \(pairs == 1 ? "rotates" : "rotate"); one factor for each pair is needed"
            )
        case .sections(let sum, let pairs):
            Problem(
                .shapeMismatch, at: rotaryDimension == nil ? scalingPlace("mrope_section") : rotaryDimensionPlace,
                "mrope_section has \(sum.pairs) together, and \(pairs.pairs) \(pairs == 1 ? "rotates" : "rotate"); rotary_dim is twice their sum"
            )
        case .interleavedSection(let axis, let count, let pairs):
            Problem(
                .shapeMismatch, at: scalingPlace("mrope_section"),
                "mrope_interleaved gives \(axis) every third pair, which among \(pairs) are fewer than the \(count) of its section"
            )
        case .axisCount(let count, let pairs):
            Problem(
                .shapeMismatch, at: rotaryDimension == nil ? scalingPlace("axes") : rotaryDimensionPlace,
                "axes names the axis of \(count.pairs), and \(pairs.pairs) \(pairs == 1 ? "rotates" : "rotate"); one letter for each pair is needed"
            )
        case .unevenAxes(let rotary):
            Problem(
                .shapeMismatch, at: scalingPlace("axes"),
                "half of the pairs turn by height and half by width, so rotary_dim must be a multiple of 4; this is \(rotary)"
            )
        case .substitutePairs(let count, let pairs):
            Problem(
                .shapeMismatch, at: substitutePlace,
                "rotary_dim is \(2 * pairs), so one number for each of \(pairs.pairs) is needed; this has \(count.numbers)"
            )
        }
    }
}
