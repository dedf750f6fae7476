import CRotaryKernels
import TestSupport
import Testing

@testable import PositionalEncoding

/// The kernel of each level against the formula, one pair at a time.
@Suite struct RotateRowsTests {
    private static let levels = Int32(CRotaryKernels_baseline.rawValue)...CRotaryKernels_highestLevel()

    @Test(arguments: levels, [1, 2, 3] as [UInt64])
    func `every level turns pairs to the bit as the formula does, and nothing else`(level: Int32, seed: UInt64) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type, _ random: inout SplitMix64) throws {
            for _ in 0..<200 {
                let call = try Call<Scalar>(&random)
                let untouched = call.source.map { _ in Scalar.nan }
                var target = untouched
                var span = target.mutableSpan
                rotateRows(
                    call.run, call.pairs, of: call.shape, row: call.row, sequences: call.sequences,
                    from: call.source.span, to: &span, level: level)
                #expect(bits(target) == bits(call.expected(untouched)), "\(call)")
            }
        }
        var random = SplitMix64(seed: seed)
        try check(Float.self, &random)
        try check(Double.self, &random)
    }

    /// Random arguments of `rotateRows`.
    private struct Call<Scalar: TensorScalar> {
        let shape: TensorShape
        let pairs: PairRun
        let layouts: (read: PairLayout, written: PairLayout)
        let run: RowSource<Scalar>.Run
        let row: Int
        let sequences: Range<Int>
        let source: [Scalar]

        init(_ random: inout SplitMix64) throws {
            let pairCount = Int.random(in: 1...40, using: &random)
            let start = Int.random(in: 0...2, using: &random)
            let dimension = start + 2 * pairCount + Int.random(in: 0...2, using: &random)
            let length = Int.random(in: 1...6, using: &random)
            shape = try #require(TensorShape([5, length, dimension]))
            layouts = (
                Bool.random(using: &random) ? .half : .interleaved, Bool.random(using: &random) ? .half : .interleaved
            )
            pairs = PairRun(rotaryDimension: 2 * pairCount, start: start, from: layouts.read, to: layouts.written)
            row = Int.random(in: 0..<length, using: &random)
            let first = Int.random(in: 0...3, using: &random)
            let count = Int.random(in: 1...length - row, using: &random)
            let table = FrequencyTable(
                FrequencyTable.Key(try RotaryParameters(dimension: 2 * pairCount), length: nil))
            let positions = (0..<first + count).map { _ in Double.random(in: -9...9, using: &random) }
            run = RowSource.Run(
                rows: RotaryRows(table, positions: positions, direction: .forward), first: first, count: count)
            let firstSequence = Int.random(in: 0..<5, using: &random)
            sequences = firstSequence..<Int.random(in: firstSequence + 1...5, using: &random)
            source = try Tensor<Scalar>.random(shape.axes, using: &random).elements
        }

        /// `target` with what the definition of the layouts puts there.
        func expected(_ target: [Scalar]) -> [Scalar] {
            var target = target
            for sequence in sequences {
                for line in 0..<run.count {
                    let vector = (sequence * shape.sequenceLength + row + line) * shape.dimension
                    for place in vector..<vector + shape.dimension { target[place] = source[place] }
                    for pair in 0..<pairs.count {
                        let angle = (run.first + line) * pairs.count + pair
                        let (cosine, sine) = (run.rows.cosines[angle], run.rows.sines[angle])
                        let (a, b) = places(layouts.read, pair)
                        let (c, d) = places(layouts.written, pair)
                        let (first, second) = (source[vector + a], source[vector + b])
                        target[vector + c] = first * cosine - second * sine
                        target[vector + d] = first * sine + second * cosine
                    }
                }
            }
            return target
        }

        private func places(_ layout: PairLayout, _ pair: Int) -> (Int, Int) {
            let start = pairs.source.first
            return switch layout {
            case .half: (start + pair, start + pairs.count + pair)
            case .interleaved: (start + 2 * pair, start + 2 * pair + 1)
            }
        }
    }
}
