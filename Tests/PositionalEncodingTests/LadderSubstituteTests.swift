import TestSupport
import Testing

@testable import PositionalEncoding

/// Inverse frequencies, or cosines and sines, that a caller has in place of a ladder.
@Suite struct LadderSubstituteTests {
    private let engine = RotaryEngine(maxCacheBytes: 1 << 20)

    private func tables(_ table: FrequencyTable, rows: Int) throws -> CosineTables {
        let found = table.rows(at: (0..<rows).map(Double.init))
        return try #require(CosineTables(cosines: found.cosines, sines: found.sines, rowCount: rows))
    }

    @Test(arguments: Setting.all)
    func `a table equal to the ladder's gives the ladder's answer, to the bit`(_ setting: Setting) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: setting.seed)
            let x = try Tensor<Scalar>.random([2, 30, 16], using: &random)
            let ladder = try RotaryParameters(
                dimension: 16, rotaryDimension: 12, rotaryStart: 2, layout: setting.layout)
            let explicit = try RotaryParameters(
                dimension: 16, rotaryDimension: 12, rotaryStart: 2, layout: setting.layout,
                substitute: .tables(tables(engine.table(for: ladder), rows: 50)))
            let lists = (0..<2).map { _ in (0..<30).map { _ in Double(Int.random(in: 0..<50, using: &random)) } }
            for positions in [Positions.consecutive(from: 0), .consecutive(from: 20), .perBatch(lists)] {
                let expected = engine.rotate(x, at: positions, by: ladder)
                #expect(bits(engine.rotate(x, at: positions, by: explicit).elements) == bits(expected.elements))
            }
        }
        try check(setting.type.scalar)
    }

    @Test func `inverse frequencies equal to the ladder's give the ladder's answer, to the bit`() throws {
        var random = SplitMix64(seed: 71)
        let x = try Tensor<Float>.random([3, 40, 8], using: &random)
        for precision in [Precision.float64, .float32] {
            let ladder = try RotaryParameters(dimension: 8, base: 500, precision: precision)
            let given = try RotaryParameters(
                dimension: 8, substitute: .inverseFrequencies(engine.table(for: ladder).inverseFrequencies),
                precision: precision)
            for direction in [RotationDirection.forward, .inverse, .shift] {
                let expected = engine.rotate(x, at: .consecutive(from: 5), by: ladder, direction)
                let found = engine.rotate(x, at: .consecutive(from: 5), by: given, direction)
                #expect(bits(found.elements) == bits(expected.elements))
            }
        }
    }

    @Test func `inverse frequencies of two requests are not taken for one another`() throws {
        let x = try Tensor<Double>.vector([1, 0])
        for frequency in [0.5, -0.5, 0] {
            let parameters = try RotaryParameters(dimension: 2, substitute: .inverseFrequencies([frequency]))
            let y = engine.rotate(x, at: .consecutive(from: 1), by: parameters)
            #expect(y.elements == [frequency == 0 ? 1 : 0.8775825618903728, frequency * 0.958851077208406])
        }
    }

    /// Each division and the hypotenuse are off by at most half an ulp and one; the product of both turns adds two more.
    @Test func `an inverse divides by the length of what is no cosine and sine`() throws {
        let tables = try #require(CosineTables(cosines: [3, 1e200, -0.5], sines: [4, -1e200, 0], rowCount: 3))
        let parameters = try RotaryParameters(dimension: 2, substitute: .tables(tables))
        var random = SplitMix64(seed: 72)
        let x = try Tensor<Double>.random([3, 2], using: &random)
        let there = engine.rotate(x, at: .consecutive(from: 0), by: parameters)
        #expect(there.elements[4] == -0.5 * x.elements[4])
        let back = engine.rotate(there, at: .consecutive(from: 0), by: parameters, .inverse)
        for (one, other) in zip(back.elements, x.elements) { #expect(abs(one - other) <= 8 * 0x1p-53 * 8) }
    }

    @Test func `a row without length cannot be turned back`() throws {
        let tables = try #require(CosineTables(cosines: [1, 0, 0, 1], sines: [0, 0, 2, 0], rowCount: 2))
        #expect(tables.firstSingularPair(ofRow: 0) == 1)
        #expect(tables.firstSingularPair(ofRow: 1) == nil)
    }

    @Test func `tables are of one shape and not empty`() {
        #expect(CosineTables(cosines: [], sines: [], rowCount: 0) == nil)
        #expect(CosineTables(cosines: [1], sines: [], rowCount: 1) == nil)
        #expect(CosineTables(cosines: [1, 2, 3], sines: [1, 2, 3], rowCount: 2) == nil)
        #expect(throws: RotaryParameterError.substitutePairs(1, pairs: 2)) {
            try RotaryParameters(dimension: 4, substitute: .inverseFrequencies([1]))
        }
    }
}
