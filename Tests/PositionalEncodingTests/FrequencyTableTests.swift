import PositionalEncoding
import Testing

@Suite struct FrequencyTableTests {
    @Test func `inverse frequencies are within 2 ulp of the truth`() throws {
        let engine = RotaryEngine(maxCacheBytes: 0)
        var samples = 0
        for line in InverseFrequencies.text.split(separator: "\n") {
            let words = line.split(separator: " ")
            let base = try #require(Double(words[0]))
            let dimension = try #require(Int(words[1]))
            let table = engine.table(for: try RotaryParameters(dimension: dimension, base: base))
            #expect(table.inverseFrequencies.count == dimension / 2)
            for word in words[2...] {
                let fields = word.split(separator: ":")
                let pair = try #require(Int(fields[0]))
                let nearest = try #require(Double(fields[1]))
                let residue = try #require(Double(fields[2]))
                // The difference is exact: both are next to each other.
                let error = (table.inverseFrequencies[pair] - nearest) / nearest.ulp - residue
                #expect(abs(error) <= 2, "base \(base) dimension \(dimension) pair \(pair): \(error) ulp")
                samples += 1
            }
        }
        #expect(samples > 150)
    }

    @Test(arguments: [1.5, 10, 500, 10_000, 500_000, 1e6, 1e30])
    func `frequencies decrease strictly from 1`(base: Double) throws {
        for dimension in [2, 6, 64, 128, 1000] {
            let table = RotaryEngine(maxCacheBytes: 0)
                .table(for: try RotaryParameters(dimension: dimension, base: base))
            #expect(table.inverseFrequencies[0] == 1)
            for (faster, slower) in zip(table.inverseFrequencies, table.inverseFrequencies.dropFirst()) {
                #expect(faster > slower)
            }
            #expect(table.attentionFactor == 1)
        }
    }

    @Test func `with base 1 all pairs turn by 1 rad per position`() throws {
        let table = RotaryEngine(maxCacheBytes: 0).table(for: try RotaryParameters(dimension: 64, base: 1))
        #expect(table.inverseFrequencies == Array(repeating: 1, count: 32))
    }

    @Test func `the exponent is by the rotary dimension and not by the dimension`() throws {
        let engine = RotaryEngine(maxCacheBytes: 0)
        let part = engine.table(for: try RotaryParameters(dimension: 100, rotaryDimension: 8))
        let whole = engine.table(for: try RotaryParameters(dimension: 8))
        #expect(part.inverseFrequencies == whole.inverseFrequencies)
    }

    @Test func `linear scaling divides every frequency by the factor`() throws {
        let engine = RotaryEngine(maxCacheBytes: 1 << 20)
        let plain = engine.table(for: try RotaryParameters(dimension: 64))
        let scaling = Scaling.linear(try LinearScaling(factor: 3))
        let scaled = engine.table(for: try RotaryParameters(dimension: 64, scaling: scaling))
        // The quotient of what is rounded, against the quotient rounded once: half an ulp each.
        for (scaled, plain) in zip(scaled.inverseFrequencies, plain.inverseFrequencies) {
            #expect(abs(scaled - plain / 3) <= (plain / 3).ulp)
        }
        #expect(scaled.attentionFactor == 1)
    }

    @Test func `a wavelength is a full turn`() throws {
        let table = RotaryEngine(maxCacheBytes: 0).table(for: try RotaryParameters(dimension: 4))
        // 2π / 1 and 2π / 0.01, the nearest float64 of the first; a quotient of the second's two roundings, 2 ulp and 1.
        #expect(table.wavelengths[0] == 6.283185307179586)
        #expect(abs(table.wavelengths[1] - 628.3185307179587) <= 3 * 628.0.ulp)
        #expect(table.wavelengths.count == 2)
    }

    @Test func `rows hold one cosine and one sine for each position and pair`() throws {
        let table = RotaryEngine(maxCacheBytes: 0).table(for: try RotaryParameters(dimension: 4))
        let rows = table.rows(at: [0, 1, -1])
        #expect(rows.cosines.count == 6 && rows.sines.count == 6)
        #expect(rows.cosines[..<2] == [1, 1] && rows.sines[..<2] == [0, 0])
        // By mpmath; the C library's are within an ulp, here 2^−53, and for sin 0.01 far less.
        for (value, truth) in [
            (rows.cosines[2], 0.54030230586813972), (rows.sines[2], 0.84147098480789651),
            (rows.cosines[3], 0.99995000041666528), (rows.sines[3], 0.0099998333341666647),
        ] {
            #expect(abs(value - truth) <= 0x1p-53)
        }
        #expect(rows.cosines[4...] == rows.cosines[2..<4])
        #expect(Array(rows.sines[4...]) == rows.sines[2..<4].map { -$0 })
    }
}
