import Glibc
import PositionalEncoding
import Testing

/// The powers of 2 that scores become weights by.
@Suite struct AttentionPowerTests {
    // The bounds, in units in the last place of the exact power, were measured over all float32 (1.080; with fused additions 1.045)
    // and 12 million float64 (1.144; 1.105).

    @Test(arguments: VectorLevel.available) func `2^x of float32 is off by 1.08 ulp at most`(level: VectorLevel) {
        // A step that is odd meets every low bit.
        let arguments = stride(from: Float(0).bitPattern, through: Float(126).bitPattern, by: 4_099).map {
            -Float(bitPattern: $0)
        }
        for (x, y) in zip(arguments, level.powers(of: arguments)) {
            let exact = exp2(Double(x))
            #expect(abs(Double(y) - exact) <= 1.08 * Double(Float(exact).ulpOfBinade), "\(x)")
        }
    }

    @Test(arguments: VectorLevel.available) func `2^x of float64 is off by 1.15 ulp at most`(level: VectorLevel) {
        let arguments = stride(from: 0, through: 1_022, by: 0.0137).map { -$0 } + (1...60).map { -exp2(-Double($0)) }
        for (x, y) in zip(arguments, level.powers(of: arguments)) {
            let exact = exp2(Float80(x))
            #expect(abs(Float80(y) - exact) <= Float80(1.15 * Double(exact).ulpOfBinade), "\(x)")
        }
    }

    @Test(arguments: VectorLevel.available)
    func `what is less than a normal number by more than √2 is 0, and no number stays none`(level: VectorLevel) {
        #expect(level.powers(of: [Float(-126.51), -200, -1e30, -.infinity, 0, -1]) == [0, 0, 0, 0, 1, 0.5])
        #expect(level.powers(of: [-1_022.51, -1e9, -1e300, -.infinity, 0, -1]) == [0, 0, 0, 0, 1, 0.5])
        // Between, they are subnormal: off by a unit of these at most.
        for x in stride(from: Float(-126), through: -126.49, by: -0.01) {
            #expect(abs(Double(level.powers(of: [x])[0]) - exp2(Double(x))) <= 0x1p-149, "\(x)")
        }
        for x in stride(from: -1_022, through: -1_022.49, by: -0.01) {
            #expect(abs(level.powers(of: [x])[0] - exp2(x)) <= 0x1p-1074, "\(x)")
        }
        #expect(level.powers(of: [Float.nan, -1]).map(\.isNaN) == [true, false])
        #expect(level.powers(of: [Double.nan, -1]).map(\.isNaN) == [true, false])
    }
}

extension BinaryFloatingPoint {
    /// The distance of the numbers around a positive one.
    fileprivate var ulpOfBinade: Self { binade * .ulpOfOne }
}
