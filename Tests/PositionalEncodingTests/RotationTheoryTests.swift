import Glibc
import PositionalEncoding
import TestSupport
import Testing

/// What J. Su et al., arXiv:2104.09864, claim of the rotation; each for both layouts and both scalars.
@Suite struct RotationTheoryTests {
    /// Largest magnitude of the random positions.
    private static let span = 4096

    @Test(arguments: Setting.all) func `turning preserves length`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let parameters = try RotaryParameters(dimension: 64, layout: setting.layout)
            for _ in 0..<100 {
                let vector = try Tensor<Scalar>.random([64], using: &random)
                let turned = vector.turned(at: position(&random), by: parameters)
                for (before, after) in zip(vector.pairs(setting.layout), turned.pairs(setting.layout)) {
                    // One turn, and each of the two hypot rounds within an ulp of float64, 2 · 2^−53.
                    let tolerance = (Rounding.turn(setting.type) + 4 * 0x1p-53) * before.length
                    #expect(abs(after.length - before.length) <= tolerance)
                }
            }
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: Setting.all) func `position 0 changes nothing`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let parameters = try RotaryParameters(dimension: 64, layout: setting.layout)
            let vector = try Tensor<Scalar>.random([64], using: &random)
            for inverse in [false, true] {
                for zero in [0.0, -0.0] {
                    let turned = vector.turned(at: zero, by: parameters, inverse: inverse)
                    #expect(bits(turned.elements) == bits(vector.elements))
                }
            }
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: Setting.all) func `the score depends on n − m only`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let parameters = try RotaryParameters(dimension: 64, layout: setting.layout)
            for _ in 0..<100 {
                let query = try Tensor<Scalar>.random([64], using: &random)
                let key = try Tensor<Scalar>.random([64], using: &random)
                let (m, n, shift) = (position(&random), position(&random), position(&random))
                func score(_ m: Double, _ n: Double) -> Double {
                    zip(
                        query.turned(at: m, by: parameters).pairs(setting.layout),
                        key.turned(at: n, by: parameters).pairs(setting.layout)
                    ).map { $0.dot($1) }.reduce(0, +)
                }
                let weight = zip(query.pairs(setting.layout), key.pairs(setting.layout))
                    .map { $0.length * $1.length }.reduce(0, +)
                // Two scores of two turned vectors each, at angles up to 2 · span · 1 rad; and each score is a sum of 64
                // float64 products, which rounds at most 65 times.
                let vector = Rounding.turn(setting.type) + Rounding.angle(at: 2 * Double(Self.span))
                let tolerance = (4 * vector + 2 * 65 * 0x1p-53) * weight
                #expect(abs(score(m, n) - score(m + shift, n + shift)) <= tolerance)
                // And it does depend on it.
                #expect(abs(score(m, n) - score(m, n + 1)) > tolerance)
            }
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: Setting.all) func `turning by n and then by m turns by m + n`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let parameters = try RotaryParameters(dimension: 64, layout: setting.layout)
            for _ in 0..<100 {
                let vector = try Tensor<Scalar>.random([64], using: &random)
                let (m, n) = (position(&random), position(&random))
                let twice = vector.turned(at: n, by: parameters).turned(at: m, by: parameters)
                let once = vector.turned(at: m + n, by: parameters)
                for ((before, twice), once) in zip(
                    zip(vector.pairs(setting.layout), twice.pairs(setting.layout)), once.pairs(setting.layout))
                {
                    // Three turns, by m, n and m + n.
                    let angles = [m, n, m + n].map(Rounding.angle(at:)).reduce(0, +)
                    #expect(twice.distance(to: once) <= (3 * Rounding.turn(setting.type) + angles) * before.length)
                }
            }
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: Setting.all) func `inverse undoes`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let parameters = try RotaryParameters(dimension: 64, layout: setting.layout)
            for _ in 0..<100 {
                let vector = try Tensor<Scalar>.random([64], using: &random)
                let position = position(&random) + 0.25
                let back = vector.turned(at: position, by: parameters)
                    .turned(at: position, by: parameters, inverse: true)
                for (before, after) in zip(vector.pairs(setting.layout), back.pairs(setting.layout)) {
                    // Two turns, by one and the same float64 angle.
                    #expect(after.distance(to: before) <= 2 * Rounding.turn(setting.type) * before.length)
                }
            }
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: Setting.all) func `1, 0 at positions 1 and 3 has the product cos 2`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            let parameters = try RotaryParameters(dimension: 2, layout: setting.layout)
            let vector = try Tensor<Scalar>.vector([1, 0])
            let (one, three) = (vector.turned(at: 1, by: parameters), vector.turned(at: 3, by: parameters))
            let product = one.pairs(setting.layout)[0].dot(three.pairs(setting.layout)[0])
            // cos 2 to 20 digits by mpmath. Two turned vectors of length 1, two products and a sum in float64.
            let tolerance = 2 * Rounding.turn(setting.type) + 3 * 0x1p-53
            #expect(abs(product - -0.41614683654714238700) <= tolerance)
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: Setting.all) func `pair r at position m turns by m / base^(2r/d)`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            for base in [1, 10, 10_000, 500_000] as [Double] {
                let dimension = 2 * Int.random(in: 1...40, using: &random)
                let parameters = try RotaryParameters(dimension: dimension, base: base, layout: setting.layout)
                let m = position(&random)
                let unit = try Tensor<Scalar>.vector(
                    (0..<dimension).map { element in
                        (setting.layout == .half ? element < dimension / 2 : element.isMultiple(of: 2)) ? 1 : 0
                    })
                for (r, pair) in unit.turned(at: m, by: parameters).pairs(setting.layout).enumerated() {
                    let angle = m / pow(base, 2 * Double(r) / Double(dimension))
                    // Of the angle, relative, in units of 2^−53. Here: the exponent's quotient is rounded, which pow
                    // multiplies by at most ln(base); pow is within an ulp, 2; the division, 1. There: the inverse
                    // frequency is within 2 ulp, 4; the product, 1.
                    let relative = (log(base) + 8) * 0x1p-53
                    // The cosine and sine here are within an ulp each, 2 · 2^−53 · √2 together.
                    let tolerance = Rounding.turn(setting.type) + relative * abs(angle) + 3 * 0x1p-53
                    #expect(pair.distance(to: Pair(cos(angle), sin(angle))) <= tolerance)
                }
            }
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: Setting.all) func `the first pairs turn fastest`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let parameters = try RotaryParameters(dimension: 32, layout: setting.layout)
            let unit = try Tensor<Scalar>.vector(
                (0..<32).map { (setting.layout == .half ? $0 < 16 : $0.isMultiple(of: 2)) ? 1 : 0 })
            let m = Double(Int.random(in: 0..<100, using: &random))
            let moved = zip(
                unit.turned(at: m, by: parameters).pairs(setting.layout),
                unit.turned(at: m + 1, by: parameters).pairs(setting.layout)
            ).map { $0.distance(to: $1) }
            // 2·sin(f/2) each, in order as they stand: neighbours on this ladder are a factor of 10^−0.25 apart, the
            // slowest two by 1.4e−4, and a movement is known to 2 · 6 · 2^−24 = 7e−7.
            for (faster, slower) in zip(moved, moved.dropFirst()) {
                #expect(faster > slower)
            }
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: ScalarType.allCases, [1, 2, 3] as [UInt64])
    func `half is interleaved after the permutation P[i] = 2i, P[i+d/2] = 2i+1`(type: ScalarType, seed: UInt64) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: seed)
            for _ in 0..<100 {
                let dimension = 2 * Int.random(in: 1...64, using: &random)
                let permutation =
                    (0..<dimension / 2).map { 2 * $0 } + (0..<dimension / 2).map { 2 * $0 + 1 }
                let vector = try Tensor<Scalar>.random([dimension], using: &random)
                let permuted = try Tensor<Scalar>.vector(permutation.map { vector.elements[$0] })
                let position = position(&random)
                let interleaved = vector.turned(
                    at: position, by: try RotaryParameters(dimension: dimension, layout: .interleaved))
                let half = permuted.turned(at: position, by: try RotaryParameters(dimension: dimension, layout: .half))
                #expect(bits(half.elements) == bits(permutation.map { interleaved.elements[$0] }))
            }
        }
        try check(type.scalar)
    }

    @Test(arguments: Setting.all)
    func `linear scaling by a power of 2 is the unscaled ladder at m / factor, bit for bit`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let plain = try RotaryParameters(dimension: 64, layout: setting.layout)
            for factor in [0.5, 1, 2, 8, 1024] {
                let scaling = Scaling.linear(try LinearScaling(factor: factor))
                let scaled = try RotaryParameters(dimension: 64, layout: setting.layout, scaling: scaling)
                let vector = try Tensor<Scalar>.random([64], using: &random)
                let m = position(&random)
                let expected = vector.turned(at: m, by: plain)
                #expect(bits(vector.turned(at: m * factor, by: scaled).elements) == bits(expected.elements))
            }
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: Setting.all)
    func `linear scaling by any factor is the unscaled ladder at m / factor`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let plain = try RotaryParameters(dimension: 64, layout: setting.layout)
            for factor in [3.0, 2.5, 7, 1000] {
                let scaling = Scaling.linear(try LinearScaling(factor: factor))
                let scaled = try RotaryParameters(dimension: 64, layout: setting.layout, scaling: scaling)
                let vector = try Tensor<Scalar>.random([64], using: &random)
                // m · factor is exact: both are short.
                let m = position(&random)
                let stretched = vector.turned(at: m * factor, by: scaled)
                let expected = vector.turned(at: m, by: plain)
                for ((before, after), other) in zip(
                    zip(vector.pairs(setting.layout), stretched.pairs(setting.layout)), expected.pairs(setting.layout))
                {
                    // Two turns and two angles, and the division of the inverse frequency is rounded like an angle.
                    let tolerance = 2 * Rounding.turn(setting.type) + 3 * Rounding.angle(at: m)
                    #expect(after.distance(to: other) <= tolerance * before.length)
                }
            }
        }
        try check(setting.type.scalar)
    }

    @Test(arguments: Setting.all)
    func `elements past the rotary dimension pass bit for bit`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let parameters = try RotaryParameters(dimension: 13, rotaryDimension: 6, layout: setting.layout)
            let rest: [Scalar] = [
                -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1,
            ]
            let turning = try Tensor<Scalar>.random([6], using: &random).elements
            let vector = try Tensor<Scalar>.vector(turning + rest)
            for inverse in [false, true] {
                let turned = vector.turned(at: 5, by: parameters, inverse: inverse).elements
                #expect(bits(turned[6...]) == bits(rest))
                #expect(zip(turned, turning).allSatisfy { $0 != $1 })
            }
        }
        try check(setting.type.scalar)
    }

    /// A whole number of either sign, so that sums of few are exact.
    private func position(_ random: inout SplitMix64) -> Double {
        Double(Int.random(in: -Self.span...Self.span, using: &random))
    }
}
