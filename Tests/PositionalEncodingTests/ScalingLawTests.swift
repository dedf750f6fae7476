import Foundation
import Testing

@testable import PositionalEncoding

/// What holds of scalings whatever the numbers.
@Suite struct ScalingLawTests {
    /// Ladders are computed to 64 bits and rounded once, so that two routes to one number part at a middle only.
    private func expectEqual(_ one: FrequencyTable, _ other: FrequencyTable, _ comment: Comment) {
        #expect(one.attentionFactor == other.attentionFactor, comment)
        #expect(one.inverseFrequencies.count == other.inverseFrequencies.count)
        for (a, b) in zip(one.inverseFrequencies, other.inverseFrequencies) {
            #expect(abs(a - b) <= b.ulp, "\(comment): \(a) is not \(b)")
        }
    }

    private func table(
        _ scaling: Scaling, dimension: Int, base: Double, precision: Precision = .float64, length: Double? = nil
    ) throws -> FrequencyTable {
        try RotaryEngine(maxCacheBytes: 0).table(
            for: RotaryParameters(dimension: dimension, base: base, scaling: scaling, precision: precision),
            length: length)
    }

    @Test(arguments: [4, 8, 64, 96, 128, 256], [100, 10_000, 500_000, 1e6, 1e30])
    func `a factor of 1 scales nothing`(dimension: Int, base: Double) throws {
        let plain = try table(.none, dimension: dimension, base: base)
        let ones = [Double](repeating: 1, count: dimension / 2)
        let scalings: [Scaling] = [
            .linear(try LinearScaling(factor: 1)), .yarn(try YarnScaling(factor: 1, originalLength: 4_096)),
            .yarn(try YarnScaling(factor: 1, originalLength: 77, truncates: false)),
            .llama3(
                try Llama3Scaling(factor: 1, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalLength: 8_192)),
            .ntk(try NTKScaling(factor: 1)), .ntkAlpha(try NTKAlphaScaling(alpha: 1)),
            .ntkByParts(try NTKByPartsScaling(factor: 1, originalLength: 4_096)),
            .longRope(
                try LongRopeScaling(shortFactors: ones, longFactors: ones, originalLength: 4_096, factor: 1)),
            .proportional(try ProportionalScaling()), .allpass(try AllpassScaling(rho: 0)),
        ]
        for scaling in scalings {
            for length: Double? in [nil, 100, 4_096, 1e6] {
                let scaled = try table(scaling, dimension: dimension, base: base, length: length)
                expectEqual(scaled, plain, "\(scaling.name), length \(length ?? 0)")
            }
        }
    }

    @Test(arguments: [1.5, 4, 32]) func `dynamic scales nothing up to the original length, and more and more past it`(
        factor: Double
    ) throws {
        let scaling = Scaling.dynamic(try DynamicScaling(factor: factor, originalLength: 2_048))
        let plain = try table(.none, dimension: 64, base: 10_000)
        for length: Double? in [nil, -5, 1, 2_048] {
            let scaled = try table(scaling, dimension: 64, base: 10_000, length: length)
            expectEqual(scaled, plain, "\(length ?? 0)")
            #expect(scaled.effectiveBase == 10_000)
        }
        var last = plain
        for length: Double in [2_049, 4_096, 16_384, 1e6] {
            let scaled = try table(scaling, dimension: 64, base: 10_000, length: length)
            #expect(try #require(scaled.effectiveBase) > 10_000)
            #expect(zip(scaled.inverseFrequencies, last.inverseFrequencies).dropFirst().allSatisfy { $0 < $1 })
            last = scaled
        }
    }

    @Test(arguments: [(1.0, 4.0), (1, 1), (0.5, 32), (2, 2.5)])
    func `llama3 is NTK by parts between its two factors`(low: Double, high: Double) throws {
        for (dimension, base) in [(64, 500_000.0), (128, 500_000), (128, 10_000), (256, 1e6)] {
            let llama3 = try Llama3Scaling(
                factor: 8, lowFrequencyFactor: low, highFrequencyFactor: high, originalLength: 8_192)
            let parts = try NTKByPartsScaling(factor: 8, originalLength: 8_192, alpha: low, beta: high)
            let (one, other) = (
                try table(.llama3(llama3), dimension: dimension, base: base),
                try table(.ntkByParts(parts), dimension: dimension, base: base)
            )
            expectEqual(one, other, "dimension \(dimension)")
        }
    }

    @Test func `longrope takes the long factors where the length is strictly greater`() throws {
        let scaling = Scaling.longRope(
            try LongRopeScaling(
                shortFactors: [1, 1], longFactors: [2, 4], originalLength: 4_096, factor: 8))
        let short = try table(scaling, dimension: 4, base: 10_000, length: 4_096)
        let long = try table(scaling, dimension: 4, base: 10_000, length: 4_097)
        #expect(!short.isLong && short.inverseFrequencies == [1, 0.01])
        #expect(long.isLong && long.inverseFrequencies == [0.5, 0.0025])
        // √(1 + ln 8 / ln 4096) = √(1 + 1/4), of both.
        #expect(short.attentionFactor == 1.25.squareRoot() && long.attentionFactor == short.attentionFactor)
    }

    @Test(arguments: [0.3, -0.6, 0.99]) func `an allpass warp by −rho undoes one by rho`(rho: Double) throws {
        let warped = try table(.allpass(try AllpassScaling(rho: rho)), dimension: 128, base: 10_000)
        for (pair, frequency) in warped.inverseFrequencies.enumerated() {
            let back = 2 * atan((1 + rho) / (1 - rho) * tan(frequency / 2))
            let plain = pow(10_000, -Double(2 * pair) / 128)
            // The warp's rounding and five here, of which tan's and atan's condition is at most 3 for angles below 1 rad … 3.
            #expect(abs(back - plain) <= 32 * plain.ulp, "\(back) is not \(plain)")
        }
    }

    @Test(arguments: [1e-300, 1e-40, 1e-20, 1e20, 1e38, 1e300])
    func `a base that float32 or float64 has not is not finite`(
        factor: Double
    ) throws {
        for precision in Precision.allCases {
            for dimension in [4, 64, 128] {
                let table = try table(
                    .ntk(try NTKScaling(factor: factor)), dimension: dimension, base: 1e10, precision: precision)
                let exponent = Double(dimension) / Double(dimension - 2)
                let base = 1e10 * pow(factor, exponent)
                let isHeld = precision == .float64 ? base.isFinite : Float(base).isFinite
                if !isHeld { #expect(!table.isFinite) }
                if (1e-30...1e30).contains(base) { #expect(table.isFinite) }
            }
        }
    }

    @Test func `batches of one request have the ladders of their own lengths`() throws {
        let scaling = Scaling.dynamic(try DynamicScaling(factor: 4, originalLength: 16))
        let parameters = try RotaryParameters(dimension: 8, scaling: scaling)
        let shape = try #require(TensorShape([2, 1, 1, 8]))
        let tensor = Tensor<Double>(shape: shape, elements: (0..<16).map { Double($0) - 7.5 })
        let engine = RotaryEngine(maxCacheBytes: 1 << 20)
        let both = engine.rotate(tensor, at: .perBatch([[3], [100]]), by: parameters)
        let one = try #require(TensorShape([1, 1, 1, 8]))
        for (batch, position) in [3.0, 100].enumerated() {
            let part = Tensor<Double>(shape: one, elements: Array(tensor.elements[batch * 8..<batch * 8 + 8]))
            let alone = engine.rotate(part, at: .shared([position]), by: parameters)
            #expect(Array(both.elements[batch * 8..<batch * 8 + 8]) == alone.elements)
        }
        let near = engine.rotate(tensor, at: .perBatch([[3], [3]]), by: parameters)
        let far = engine.rotate(tensor, at: .perBatch([[3], [3]]), reaching: [4, 101], by: parameters)
        #expect(near.elements[..<8] == far.elements[..<8] && near.elements[8...] != far.elements[8...])
    }
}
