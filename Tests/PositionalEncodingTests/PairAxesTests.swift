import TestSupport
import Testing

@testable import PositionalEncoding

/// Positions with several axes: whose pair turns by which, and what follows from equal ones.
@Suite struct PairAxesTests {
    private let engine = RotaryEngine(maxCacheBytes: 1 << 20)

    private static func sections(_ counts: [Int]) throws -> PairAxes.Sections {
        try #require(PairAxes.Sections(counts))
    }

    private static func letters(_ axes: PairAxes, pairs: Int) -> String {
        String(axes.assignment(pairs: pairs).map(\.rawValue))
    }

    /// All forms for 12 pairs.
    private static func forms() throws -> [PairAxes] {
        [
            .blocks(try sections([2, 4, 6])), .interleaved(try sections([6, 4, 2])), .splitLadder, .dealtLadder,
            .named([.width, .time, .height, .time, .time, .width, .width, .width, .time, .height, .height, .time]),
        ]
    }

    @Test func `blocks are one after the other, as in Qwen2-VL`() throws {
        #expect(Self.letters(.blocks(try Self.sections([2, 3, 3])), pairs: 8) == "TTHHHWWW")
        let qwen2VL = Self.letters(.blocks(try Self.sections([16, 24, 24])), pairs: 64)
        #expect(qwen2VL.map(\.self).firstIndex(of: "H") == 16 && qwen2VL.map(\.self).firstIndex(of: "W") == 40)
    }

    @Test func `interleaved axes take turns, and what is left is time's, as in Qwen3-VL`() throws {
        #expect(Self.letters(.interleaved(try Self.sections([3, 2, 1])), pairs: 6) == "THWTHT")
        let qwen3VL = Self.letters(.interleaved(try Self.sections([24, 20, 20])), pairs: 64)
        #expect(qwen3VL == String(repeating: "THW", count: 20) + "TTTT")
    }

    @Test func `images have a height and a width for half of the pairs each`() throws {
        for axes in [PairAxes.splitLadder, .dealtLadder] {
            #expect(Self.letters(axes, pairs: 6) == "HHHWWW")
            #expect(axes.axes == [.height, .width])
        }
    }

    @Test func `a vision tower of Qwen has a whole ladder for each axis, and Pixtral's deals one out`() throws {
        func ladder(_ axes: PairAxes) throws -> [Double] {
            engine.table(for: try RotaryParameters(dimension: 8, base: 10_000, axes: axes)).inverseFrequencies
        }
        #expect(try ladder(.splitLadder) == [1, 0.01, 1, 0.01])
        #expect(try ladder(.dealtLadder) == [1, 0.01, 0.1, 0.001])
        #expect(try ladder(.blocks(Self.sections([1, 1, 2]))) == [1, 0.1, 0.01, 0.001])
    }

    @Test(arguments: PairLayout.allCases, [Precision.float64, .float32])
    func `equal positions on all axes are one position, to the bit`(layout: PairLayout, precision: Precision) throws {
        var random = SplitMix64(seed: 61)
        let x = try Tensor<Float>.random([2, 40, 24], using: &random)
        let lists = (0..<2).map { _ in (0..<40).map { _ in Double.random(in: -100...5_000, using: &random) } }
        for axes in try Self.forms() {
            let parameters = try RotaryParameters(
                dimension: 24, layout: layout, axes: axes, precision: precision)
            for direction in [RotationDirection.forward, .inverse, .shift] {
                let one = engine.rotate(x, at: .perBatch(lists), by: parameters, direction)
                let several = engine.rotate(
                    x, at: .perAxis(Array(repeating: lists, count: axes.count)), by: parameters, direction)
                #expect(bits(several.elements) == bits(one.elements), "\(axes)")
            }
        }
    }

    @Test func `each pair turns as one of a single axis does by the position of its own`() throws {
        var random = SplitMix64(seed: 62)
        let x = try Tensor<Double>.random([2, 3, 24], using: &random)
        for axes in try Self.forms() {
            let lists = (0..<axes.count).map { _ in
                (0..<2).map { _ in (0..<3).map { _ in Double.random(in: -50...50, using: &random) } }
            }
            let parameters = try RotaryParameters(dimension: 24, layout: .half, axes: axes)
            let y = engine.rotate(x, at: .perAxis(lists), by: parameters)
            let alone = lists.map { engine.rotate(x, at: .perBatch($0), by: parameters) }
            let assignment = axes.assignment(pairs: 12)
            for element in x.elements.indices {
                let axis = try #require(axes.axes.firstIndex(of: assignment[element % 12]))
                #expect(y.elements[element].bitPattern == alone[axis].elements[element].bitPattern)
            }
        }
    }

    @Test func `a list for each axis serves all batches`() throws {
        var random = SplitMix64(seed: 63)
        let x = try Tensor<Float>.random([2, 2, 3, 8], using: &random)
        let parameters = try RotaryParameters(dimension: 8, axes: .splitLadder)
        let lists: [[Double]] = [[0, 0, 1], [0, 1, 0]]
        let shared = engine.rotate(x, at: .perAxis(lists.map { [$0] }), by: parameters)
        let repeated = engine.rotate(x, at: .perAxis(lists.map { [$0, $0] }), by: parameters)
        #expect(bits(shared.elements) == bits(repeated.elements))
    }

    @Test func `the longest of all axes chooses the ladder, of each batch its own`() throws {
        let positions = Positions.perAxis([[[0, 1], [2, 3]], [[7, 0], [0, 0]]])
        #expect(positions.reaches(rows: 2) == [8, 4])
        let scaling = Scaling.dynamic(try DynamicScaling(factor: 2, originalLength: 4))
        let parameters = try RotaryParameters(dimension: 8, scaling: scaling, axes: .dealtLadder)
        var random = SplitMix64(seed: 64)
        let x = try Tensor<Double>.random([2, 2, 8], using: &random)
        let own = engine.rotate(x, at: positions, by: parameters)
        let told = engine.rotate(x, at: positions, reaching: [8, 4], by: parameters)
        #expect(own.elements == told.elements)
        #expect(own.elements != engine.rotate(x, at: positions, reaching: [4, 4], by: parameters).elements)
    }

    @Test func `axes that do not fit the pairs are refused`() throws {
        func error(_ axes: PairAxes, dimension: Int = 12) -> RotaryParameterError? {
            do throws(RotaryParameterError) {
                _ = try RotaryParameters(dimension: dimension, axes: axes)
                return nil
            } catch { return error }
        }
        #expect(error(.blocks(try Self.sections([1, 2, 2]))) == .sections(sum: 5, pairs: 6))
        #expect(error(.interleaved(try Self.sections([1, 2, 2]))) == .sections(sum: 5, pairs: 6))
        #expect(error(.interleaved(try Self.sections([3, 0, 3]))) == .interleavedSection(.width, 3, pairs: 6))
        #expect(error(.interleaved(try Self.sections([3, 3, 0]))) == .interleavedSection(.height, 3, pairs: 6))
        #expect(error(.interleaved(try Self.sections([2, 2, 2]))) == nil)
        #expect(error(.named([.time])) == .axisCount(1, pairs: 6))
        #expect(error(.splitLadder, dimension: 6) == .unevenAxes(6))
        #expect(error(.dealtLadder, dimension: 6) == .unevenAxes(6))
        #expect(PairAxes.Sections([1, 2]) == nil && PairAxes.Sections([1, 2, -1]) == nil)
    }

    @Test func `positions have a list of one length for each batch and axis`() throws {
        let shape = try #require(TensorShape([2, 3, 4]))
        #expect(Positions.perAxis([[[1, 2, 3]], [[4, 5, 6]]]).fit(shape))
        #expect(Positions.perAxis([[[1, 2, 3], [1, 2, 3]], [[4, 5, 6], [1, 2, 3]]]).fit(shape))
        #expect(!Positions.perAxis([[[1, 2, 3]], [[4, 5, 6], [1, 2, 3]]]).fit(shape))
        #expect(!Positions.perAxis([[[1, 2, 3]], [[4, 5]]]).fit(shape))
        #expect(!Positions.perAxis([[[1, 2, 3]], [[4, 5, .infinity]]]).fit(shape))
        #expect(!Positions.perAxis([]).fit(shape))
    }
}
