import CRotaryKernels
import Glibc
import TestSupport
import Testing

@testable import PositionalEncoding

@Suite struct SinesAndCosinesTests {
    /// What the processor can run.
    private static let levels = CRotaryKernels_baseline.level...CRotaryKernels_highestLevel()

    /// How angles are chosen: all, small ones of every magnitude, whole radians, and those next to multiples of π/4, where the most
    /// digits cancel and where the reduced angle is largest.
    enum Choice: CaseIterable {
        case any, magnitudes, whole, nextToEighths

        func angle(_ random: inout SplitMix64) -> Double {
            switch self {
            case .any: return Double.random(in: -0x1p20...0x1p20, using: &random)
            case .magnitudes:
                return exp2(Double.random(in: -80...20, using: &random)) * (Bool.random(using: &random) ? 1 : -1)
            case .whole: return Double(Int.random(in: -1 << 20...1 << 20, using: &random))
            case .nextToEighths:
                var angle = Double(Int.random(in: -1_335_088...1_335_088, using: &random)) * (Double.pi / 4)
                for _ in 0..<Int.random(in: 0...3, using: &random) { angle = angle.nextUp }
                return angle
            }
        }

        func angles(_ count: Int, seed: UInt64) -> [Double] {
            var random = SplitMix64(seed: seed)
            return (0..<count).map { _ in angle(&random) }
        }
    }

    #if arch(x86_64)
        /// The bound adds up, in ulps of a result from ½ to 1, where an ulp is u = 2^−53 (below ½ all but the first shrinks), at a
        /// reduced angle x of at most π/4 with z = x²: the last rounding, 0.5; the polynomials, 2^−58, 0.03. Of the sine, x³·(1/24 − …)
        /// ≤ 0.021 and its three roundings, 0.03; x³/8 without what x³ was rounded by, 0.03; sums of parts below 2^−5, 0.05. Of the
        /// cosine, z²·(1/24 − …) ≤ 0.016 with z² rounded twice, 0.05; x·rest without its share x²/6, 0.04; sums, 0.02.
        @Test(arguments: Choice.allCases, [1, 2] as [UInt64])
        func `cosine and sine are within 0.65 ulp up to an angle of 2^20`(choice: Choice, seed: UInt64) {
            let angles = choice.angles(100_000, seed: seed)
            let (cosines, sines) = sinesAndCosines(of: angles, Double.self)
            var largest = 0.0
            for (index, angle) in angles.enumerated() {
                // Of 64 bits, so that their own error is 2^−11 ulp.
                largest = max(largest, Self.ulps(from: cosl(Float80(angle)), to: cosines[index]))
                largest = max(largest, Self.ulps(from: sinl(Float80(angle)), to: sines[index]))
            }
            #expect(largest <= 0.65)
            // It would be 0 if nothing was compared.
            #expect(largest >= 0.45)
        }

        private static func ulps(from truth: Float80, to value: Double) -> Double {
            Double(abs(Float80(value) - truth) / Float80(Double(truth).ulp))
        }
    #endif

    @Test(arguments: Choice.allCases)
    func `every level gives the same bits`(choice: Choice) {
        // A count that no vector divides; and some past the bound, which take another way.
        var angles = choice.angles(10_007, seed: 3)
        for place in stride(from: 0, to: angles.count, by: 97) { angles[place] *= 0x1p30 }
        func check<Scalar: TensorScalar>(_: Scalar.Type) {
            let expected = sinesAndCosines(
                of: angles, cosineFactor: 1.25, sineFactor: -0.75, Scalar.self, level: Self.levels.lowerBound)
            for level in Self.levels {
                let values = sinesAndCosines(
                    of: angles, cosineFactor: 1.25, sineFactor: -0.75, Scalar.self, level: level)
                #expect(bits(values.cosines) == bits(expected.cosines), "level \(level)")
                #expect(bits(values.sines) == bits(expected.sines), "level \(level)")
            }
        }
        check(Float.self)
        check(Double.self)
    }

    @Test(arguments: levels)
    func `an angle of 0 has a cosine of 1 and a sine of its own sign`(level: Int32) {
        let (cosines, sines) = sinesAndCosines(of: [0, -0.0], Double.self, level: level)
        #expect(cosines == [1, 1])
        #expect(bits(sines) == bits([0, -0.0]))
    }

    @Test(arguments: levels)
    func `past an angle of 2^20 they are the C library's`(level: Int32) {
        let angles = [0x1p20, 0x1.0000000000001p20, -0x1.8p20, 1e9, -0x1p53, 1e22, 0x1p83, -0x1p1000]
        let (cosines, sines) = sinesAndCosines(of: angles, Double.self, level: level)
        #expect(bits(cosines.dropFirst()) == bits(angles.dropFirst().map { cos($0) }))
        #expect(bits(sines.dropFirst()) == bits(angles.dropFirst().map { sin($0) }))
    }

    @Test(arguments: levels)
    func `their products with the factors are rounded once more, to the type`(level: Int32) {
        let angles = Choice.any.angles(1000, seed: 4)
        let wide = sinesAndCosines(of: angles, Double.self, level: level)
        let narrow = sinesAndCosines(of: angles, cosineFactor: 1.1, sineFactor: -0.3, Float.self, level: level)
        #expect(narrow.cosines == wide.cosines.map { Float(1.1 * $0) })
        #expect(narrow.sines == wide.sines.map { Float(-0.3 * $0) })
    }

    @Test(arguments: levels)
    func `what is no angle has no cosine, and nothing traps`(level: Int32) {
        let (cosines, sines) = sinesAndCosines(of: [.nan, .infinity, 1, -.infinity], Double.self, level: level)
        #expect((cosines + sines).map(\.isNaN) == [true, true, false, true, true, true, false, true])
        #expect(sinesAndCosines(of: [], Float.self, level: level).cosines.isEmpty)
    }
}

extension CRotaryKernels_Level {
    fileprivate var level: Int32 { Int32(rawValue) }
}
