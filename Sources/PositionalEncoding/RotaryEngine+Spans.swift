extension RotaryEngine {
    /// Writes each row of a tensor turned, into memory that is there already; source and target are `[…, s, d]`, row-major.
    ///
    /// Every element of the target is written, once.
    package func rotate(
        _ source: Span<Float>, _ shape: TensorShape, into target: inout MutableSpan<Float>, at positions: Positions,
        reaching reaches: [Double]? = nil, by parameters: RotaryParameters, _ direction: RotationDirection = .forward
    ) {
        turn(source, shape, into: &target, at: positions, reaching: reaches, by: parameters, direction)
    }

    /// The same in float64.
    package func rotate(
        _ source: Span<Double>, _ shape: TensorShape, into target: inout MutableSpan<Double>, at positions: Positions,
        reaching reaches: [Double]? = nil, by parameters: RotaryParameters, _ direction: RotationDirection = .forward
    ) {
        turn(source, shape, into: &target, at: positions, reaching: reaches, by: parameters, direction)
    }
}
