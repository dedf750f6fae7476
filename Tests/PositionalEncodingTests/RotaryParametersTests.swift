import PositionalEncoding
import Testing

@Suite struct RotaryParametersTests {
    private static let smallestBase = 1.0
    private static let largestBase = 1e30

    @Test(arguments: [1, 3, 65_535]) func `an odd dimension is refused`(dimension: Int) {
        #expect(throws: RotaryParameterError.oddDimension(dimension)) { try RotaryParameters(dimension: dimension) }
    }

    @Test func `an odd dimension of which an even part turns is taken`() throws {
        let parameters = try RotaryParameters(dimension: 5, rotaryDimension: 4)
        #expect(parameters.rotaryDimension == 4)
        #expect(parameters.pairCount == 2)
    }

    @Test(arguments: [Int.min, -2, 0, 65_537, 65_538, .max])
    func `a dimension out of bounds is refused`(dimension: Int) {
        #expect(throws: RotaryParameterError.dimension(dimension)) { try RotaryParameters(dimension: dimension) }
        #expect(throws: RotaryParameterError.dimension(dimension)) {
            try RotaryParameters(dimension: dimension, rotaryDimension: 2)
        }
    }

    @Test(arguments: [2, 65_536]) func `the smallest and the largest dimension are taken`(dimension: Int) throws {
        #expect(try RotaryParameters(dimension: dimension).rotaryDimension == dimension)
    }

    @Test(arguments: [Int.min, -2, -1, 0, 1, 3, 9]) func `a rotary dimension is even and not 0`(rotaryDimension: Int) {
        #expect(throws: RotaryParameterError.rotaryDimension(rotaryDimension)) {
            try RotaryParameters(dimension: 8, rotaryDimension: rotaryDimension)
        }
    }

    @Test func `a rotary dimension is at most the dimension`() throws {
        #expect(try RotaryParameters(dimension: 8, rotaryDimension: 8).rotaryDimension == 8)
        #expect(throws: RotaryParameterError.rotaryDimensionTooLarge(10, dimension: 8)) {
            try RotaryParameters(dimension: 8, rotaryDimension: 10)
        }
        #expect(throws: RotaryParameterError.rotaryDimensionTooLarge(8, dimension: 7)) {
            try RotaryParameters(dimension: 7, rotaryDimension: 8)
        }
    }

    @Test(arguments: [1, smallestBase.nextUp, 10_000, 1e30] as [Double]) func `a base from 1 to 1e30 is taken`(
        base: Double
    )
        throws
    {
        #expect(try RotaryParameters(dimension: 2, base: base).base == base)
    }

    @Test(arguments: [smallestBase.nextDown, 0, -0.0, -10_000, largestBase.nextUp, .infinity, -.infinity] as [Double])
    func `a base out of bounds is refused`(base: Double) {
        #expect(throws: RotaryParameterError.base(base)) { try RotaryParameters(dimension: 2, base: base) }
    }

    @Test func `a base that is no number is refused`() {
        let error = #expect(throws: RotaryParameterError.self) { try RotaryParameters(dimension: 2, base: .nan) }
        guard case .base(let base) = error else {
            Issue.record("refused for another reason: \(String(describing: error))")
            return
        }
        #expect(base.isNaN)
    }

    @Test func `the defaults are those of RoFormer`() throws {
        let parameters = try RotaryParameters(dimension: 64)
        #expect(parameters.base == 10_000)
        #expect(parameters.layout == .interleaved)
        #expect(parameters.scaling == .none)
        #expect(parameters.rotaryDimension == 64)
        #expect(parameters.pairCount == 32)
    }
}
