import Testing
import TestSupport

@testable import PositionalEncoding

/// What holds of layouts, slices and shifts whatever the numbers.
@Suite struct LayoutLawTests {
    private let engine = RotaryEngine(maxCacheBytes: 1 << 20)

    private func random(_ axes: [Int], seed: UInt64) throws -> Tensor<Double> {
        var random = SplitMix64(seed: seed)
        let shape = try #require(TensorShape(axes))
        return Tensor(shape: shape, elements: (0..<shape.count).map { _ in .random(in: -4...4, using: &random) })
    }

    private func converted(_ tensor: Tensor<Double>, _ rotary: Int, _ start: Int, _ from: PairLayout, _ to: PairLayout)
        -> Tensor<Double>
    {
        let conversion = LayoutConversion(
            dimension: tensor.shape.dimension, rotaryDimension: rotary, start: start, from: from, to: to)
        guard case .float64(let result) = conversion.convert(.float64(tensor), width: 1) else {
            preconditionFailure("a type is kept")
        }
        return result
    }

    @Test(arguments: [(8, 8, 0), (10, 6, 2), (10, 6, 4), (10, 6, 0), (2, 2, 0)])
    func `interleaved is P transposed, half, P; whatever the slice, the output and the scaling`(
        dimension: Int, rotary: Int, start: Int
    ) throws {
        let x = try random([2, 3, dimension], seed: 7)
        let scaling = rotary < 4 ? Scaling.none : .yarn(try YarnScaling(factor: 4, originalLength: 32))
        func parameters(_ layout: PairLayout, to output: PairLayout? = nil) throws -> RotaryParameters {
            try RotaryParameters(
                dimension: dimension, rotaryDimension: rotary, rotaryStart: start, layout: layout, outputLayout: output,
                scaling: scaling)
        }
        let positions = Positions.perBatch([[3, 1, 4], [-1, 5, 9.5]])
        /// Of vectors that are interleaved until they are turned, and half from then on.
        func mixed(_ direction: RotationDirection) throws -> Tensor<Double> {
            let given = direction == .forward ? x : converted(x, rotary, start, .interleaved, .half)
            return engine.rotate(given, at: positions, by: try parameters(.interleaved, to: .half), direction)
        }
        for direction in [RotationDirection.forward, .inverse, .shift] {
            let interleaved = engine.rotate(x, at: positions, by: try parameters(.interleaved), direction)
            let halves = engine.rotate(
                converted(x, rotary, start, .interleaved, .half), at: positions, by: try parameters(.half), direction)
            #expect(converted(halves, rotary, start, .half, .interleaved).elements == interleaved.elements)
            #expect(try mixed(direction).elements == (direction == .inverse ? interleaved : halves).elements)
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `interleaved is P transposed, half, P, for every option at once`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let rotary = 4 * Int.random(in: 1...6, using: &random)
        let start = Int.random(in: 0...3, using: &random)
        let dimension = start + rotary + Int.random(in: 0...3, using: &random)
        let pairs = rotary / 2
        let named = (0..<pairs).map { _ in PositionAxis.allCases.randomElement(using: &random) ?? .time }
        let sections = try #require(PairAxes.Sections([pairs - pairs / 2, pairs / 2, 0]))
        let axes = try #require(
            [PairAxes.single, .blocks(sections), .splitLadder, .dealtLadder, .named(named)].randomElement(
                using: &random))
        let scaling = try #require(
            [
                Scaling.none, .linear(LinearScaling(factor: 3)), .yarn(YarnScaling(factor: 4, originalLength: 32)),
                .ntkByParts(NTKByPartsScaling(factor: 4, originalLength: 64, alpha: 1, beta: 8, attentionFactor: 1.5)),
            ].randomElement(using: &random))
        let frequencies = (0..<pairs).map { _ in Double.random(in: -1...1, using: &random) }
        let circle = (0..<8 * pairs).map { _ in Double.random(in: 0.5...2, using: &random) }
        let tables = try #require(CosineTables(cosines: circle, sines: circle.reversed(), rowCount: 8))
        let substitute: LadderSubstitute? =
            switch Int.random(in: 0..<3, using: &random) {
            case 0: nil
            case 1: .inverseFrequencies(frequencies)
            default: axes == .single ? .tables(tables) : nil
            }
        let precision = Bool.random(using: &random) ? Precision.float64 : .float32
        func parameters(_ layout: PairLayout, to output: PairLayout? = nil) throws -> RotaryParameters {
            try RotaryParameters(
                dimension: dimension, rotaryDimension: rotary, rotaryStart: start, base: 100, layout: layout,
                outputLayout: output, scaling: scaling, axes: axes, substitute: substitute, precision: precision)
        }
        let x = try Tensor<Double>.random([2, 3, dimension], using: &random)
        func lists() -> [[Double]] {
            (0..<2).map { _ in (0..<3).map { _ in Double(Int.random(in: 0..<8, using: &random)) } }
        }
        let positions =
            axes == .single ? Positions.perBatch(lists()) : .perAxis((0..<axes.count).map { _ in lists() })
        /// Of vectors that are interleaved until they are turned, and half from then on.
        func mixed(_ direction: RotationDirection) throws -> Tensor<Double> {
            let given = direction == .forward ? x : converted(x, rotary, start, .interleaved, .half)
            return engine.rotate(given, at: positions, by: try parameters(.interleaved, to: .half), direction)
        }
        for direction in [RotationDirection.forward, .inverse, .shift] {
            let interleaved = engine.rotate(x, at: positions, by: try parameters(.interleaved), direction)
            let halves = engine.rotate(
                converted(x, rotary, start, .interleaved, .half), at: positions, by: try parameters(.half), direction)
            #expect(converted(halves, rotary, start, .half, .interleaved).elements == interleaved.elements)
            #expect(try mixed(direction).elements == (direction == .inverse ? interleaved : halves).elements)
        }
    }

    @Test(arguments: [(8, 8, 0), (12, 6, 3), (6, 2, 4)]) func `there and back is the identity`(
        dimension: Int, rotary: Int, start: Int
    ) throws {
        let x = try random([3, dimension], seed: 8)
        for (from, to) in [(PairLayout.half, PairLayout.interleaved), (.interleaved, .half), (.half, .half)] {
            let there = converted(x, rotary, start, from, to)
            #expect(converted(there, rotary, start, to, from).elements == x.elements)
            #expect((there.elements == x.elements) == (from == to || rotary == 2))
        }
    }

    @Test func `elements outside of the slice stay as they are`() throws {
        let x = try random([4, 10], seed: 9)
        let parameters = try RotaryParameters(dimension: 10, rotaryDimension: 4, rotaryStart: 3)
        let y = engine.rotate(x, at: .shared([1, 2, 3, 4]), by: parameters)
        for index in x.elements.indices where !(3..<7).contains(index % 10) {
            #expect(y.elements[index] == x.elements[index])
        }
        #expect(throws: RotaryParameterError.rotaryStart(7, largest: 6)) {
            try RotaryParameters(dimension: 10, rotaryDimension: 4, rotaryStart: 7)
        }
        #expect(throws: RotaryParameterError.rotaryStart(-1, largest: 6)) {
            try RotaryParameters(dimension: 10, rotaryDimension: 4, rotaryStart: -1)
        }
        #expect(throws: RotaryParameterError.rotaryStart(1, largest: 0)) {
            try RotaryParameters(dimension: 10, rotaryStart: 1)
        }
    }

    /// R(by) R(m) and R(m + by): two turns against one, each off by 6u‖p‖ (`Rounding`), and angles of up to 100 rad by
    /// 2^−53 · 100 each of three, at a pair's length of at most 4√2 · 1.14.
    @Test(arguments: [-7.0, 0, 2.5, 64]) func `a shift composes with a turn, and leaves the attention factor alone`(
        by: Double
    ) throws {
        let x = try random([4, 8], seed: 10)
        let scaling = Scaling.yarn(try YarnScaling(factor: 4, originalLength: 4_096))
        let parameters = try RotaryParameters(dimension: 8, scaling: scaling)
        let positions = [0.0, 1, 7, 30]
        let turned = engine.rotate(x, at: .shared(positions), by: parameters)
        let shifted = engine.rotate(turned, at: .shared(Array(repeating: by, count: 4)), by: parameters, .shift)
        let direct = engine.rotate(x, at: .shared(positions.map { $0 + by }), by: parameters)
        let bound = (18 + 300) * 0x1p-53 * 4 * 2.0.squareRoot() * 1.14
        for (one, other) in zip(shifted.elements, direct.elements) { #expect(abs(one - other) <= bound) }
    }

    /// The same bound: the axes have positions and distances of their own, none larger.
    @Test func `a shift composes with a turn on every axis`() throws {
        let x = try random([3, 8], seed: 11)
        let parameters = try RotaryParameters(dimension: 8, axes: .dealtLadder)
        let (positions, by): ([[Double]], [[Double]]) = ([[0, 3, 30], [1, 2, 8]], [[2, -3, 5], [64, 0, -1.5]])
        let turned = engine.rotate(x, at: .perAxis(positions.map { [$0] }), by: parameters)
        let shifted = engine.rotate(turned, at: .perAxis(by.map { [$0] }), by: parameters, .shift)
        let sums = zip(positions, by).map { zip($0, $1).map(+) }
        let direct = engine.rotate(x, at: .perAxis(sums.map { [$0] }), by: parameters)
        let bound = (18 + 300) * 0x1p-53 * 4 * 2.0.squareRoot()
        for (one, other) in zip(shifted.elements, direct.elements) { #expect(abs(one - other) <= bound) }
    }
}
