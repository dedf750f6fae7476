import PositionalEncoding
import Testing

@Suite struct LinearScalingTests {
    // The smallest normal number is 2^−1022, of which the reciprocal is finite; that of 2^−1024 is not.
    @Test(arguments: [1, 0.5, 4, 1e300, .greatestFiniteMagnitude, .leastNormalMagnitude])
    func `a factor is taken as it is`(factor: Double) throws {
        #expect(try LinearScaling(factor: factor).factor == factor)
        #expect(Scaling.linear(try LinearScaling(factor: factor)).name == .linear)
    }

    @Test(arguments: [0, -0.0, -1, .infinity, -.infinity, .leastNonzeroMagnitude, 0x1p-1024])
    func `a factor that leaves no frequency is refused`(factor: Double) {
        let error = #expect(throws: ScalingError.self) { try LinearScaling(factor: factor) }
        #expect(error?.parameter == "factor")
    }

    @Test func `a factor that is no number is refused`() {
        #expect(throws: ScalingError.self) { try LinearScaling(factor: .nan) }
    }

    @Test func `every frequency stays finite under every factor`() throws {
        let scaling = Scaling.linear(try LinearScaling(factor: .leastNormalMagnitude))
        let table = RotaryEngine(maxCacheBytes: 0).table(for: try RotaryParameters(dimension: 8, scaling: scaling))
        #expect(table.inverseFrequencies.allSatisfy { $0.isFinite })
    }

    @Test func `names are those of rope_type`() {
        #expect(
            Scaling.Name.allCases.map(\.rawValue) == [
                "default", "linear", "dynamic", "yarn", "longrope", "llama3", "proportional", "ntk", "ntk_alpha",
                "ntk_by_parts", "allpass",
            ])
        #expect(Scaling.none.name == .default)
    }
}
