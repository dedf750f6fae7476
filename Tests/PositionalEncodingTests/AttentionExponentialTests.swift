import Glibc
import PositionalEncoding
import Testing

@Suite struct AttentionExponentialTests {
    /// Of the exponential, in units in the last place of the exact one: measured over all float32, and many float64.
    private static let bound = 1.02

    @Test(arguments: VectorLevel.available) func `e^x of float32 is off by 1.02 ulp at most`(level: VectorLevel) {
        // A step that is odd meets every low bit; −87.33 is 0xC2AEA8F6.
        let arguments = stride(from: Float(0).bitPattern, through: 0x42AE_A8F6, by: 4_099).map {
            -Float(bitPattern: $0)
        }
        for (x, y) in zip(arguments, level.exponentials(arguments)) {
            let exact = exp(Double(x))
            #expect(abs(Double(y) - exact) <= Self.bound * Double(Float(exact).ulpOfBinade), "\(x)")
        }
    }

    @Test(arguments: VectorLevel.available) func `e^x of float64 is off by 1.02 ulp at most`(level: VectorLevel) {
        let arguments = stride(from: 0, through: 708.3, by: 0.0137).map { -$0 } + (1...60).map { -exp2(-Double($0)) }
        for (x, y) in zip(arguments, level.exponentials(arguments)) {
            let exact = exp(Float80(x))
            #expect(abs(Float80(y) - exact) <= Float80(Self.bound * Double(exact).ulpOfBinade), "\(x)")
        }
    }

    @Test(arguments: VectorLevel.available)
    func `what is less than a normal number by more than √2 is 0, and no number stays none`(level: VectorLevel) {
        #expect(level.exponentials([Float(-87.69), -100, -1e30, -.infinity, 0]) == [0, 0, 0, 0, 1])
        #expect(level.exponentials([-708.75, -1e9, -1e300, -.infinity, 0]) == [0, 0, 0, 0, 1])
        // Between, they are subnormal: off by a unit of these at most.
        for x in stride(from: Float(-87.33), to: -87.68, by: -0.01) {
            #expect(abs(Double(level.exponentials([x])[0]) - exp(Double(x))) <= 0x1p-149, "\(x)")
        }
        for x in stride(from: -708.39, to: -708.74, by: -0.01) {
            #expect(abs(level.exponentials([x])[0] - exp(x)) <= 0x1p-1074, "\(x)")
        }
        #expect(level.exponentials([Float.nan, -1]).map(\.isNaN) == [true, false])
        #expect(level.exponentials([Double.nan, -1]).map(\.isNaN) == [true, false])
    }
}

extension BinaryFloatingPoint {
    /// The distance of the numbers around a positive one.
    fileprivate var ulpOfBinade: Self { binade * .ulpOfOne }
}
