import TestSupport

import PositionalEncoding

/// A rotation of random parameters, and its answer from an engine that nobody shares.
struct RotationRequest: Sendable {
    private let tensor: Tensor<Float>
    private let wideTensor: Tensor<Double>
    private let positions: Positions
    private let parameters: RotaryParameters
    private let inverse: Bool
    private let expected: [UInt64]

    init(_ random: inout SplitMix64) throws {
        let dimension = 2 * Int.random(in: 1...8, using: &random)
        tensor = try .random([2, 5, dimension], using: &random)
        wideTensor = try .random([2, 5, dimension], using: &random)
        positions = .consecutive(from: Double(Int.random(in: -2...40, using: &random)))
        inverse = Bool.random(using: &random)
        parameters = try RotaryParameters(
            dimension: dimension, base: Double(Int.random(in: 1...3, using: &random)),
            layout: Bool.random(using: &random) ? .interleaved : .half,
            scaling: Bool.random(using: &random) ? .none : .linear(LinearScaling(factor: 2)))
        expected = Self.answer(
            tensor, wideTensor, positions, parameters, inverse: inverse, engine: RotaryEngine(maxCacheBytes: 0))
    }

    /// True where the engine answers anything else.
    func differs(in engine: RotaryEngine) -> Bool {
        Self.answer(tensor, wideTensor, positions, parameters, inverse: inverse, engine: engine) != expected
    }

    private static func answer(
        _ tensor: Tensor<Float>, _ wideTensor: Tensor<Double>, _ positions: Positions, _ parameters: RotaryParameters,
        inverse: Bool, engine: RotaryEngine
    ) -> [UInt64] {
        bits(engine.rotate(tensor, at: positions, by: parameters, inverse ? .inverse : .forward).elements)
            + bits(engine.rotate(wideTensor, at: positions, by: parameters, inverse ? .inverse : .forward).elements)
    }
}
