import PositionalEncoding
import TestSupport
import Testing

@Suite struct RotaryEngineTests {
    /// Caches of all sorts: an answer does not depend on what is kept.
    private static let cacheSizes = [0, 3000, 20_000, 1 << 24]

    @Test(arguments: ScalarType.allCases, (1...4).map(UInt64.init))
    func `the engine equals its slow twin bit for bit`(type: ScalarType, seed: UInt64) throws {
        func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
            var random = SplitMix64(seed: seed)
            let engines = Self.cacheSizes.map(RotaryEngine.init(maxCacheBytes:))
            for _ in 0..<300 {
                let axes = randomAxes(&random)
                let parameters = try randomParameters(dimension: axes[axes.count - 1], &random)
                let positions = randomPositions(axes, &random)
                let inverse = Bool.random(using: &random)
                let tensor = try Tensor<Scalar>.random(axes, using: &random)
                let engine = try #require(engines.randomElement(using: &random))
                let twin = RotationTwin(
                    axes: axes, rotaryDimension: parameters.rotaryDimension, layout: parameters.layout,
                    inverseFrequencies: engine.table(for: parameters).inverseFrequencies, inverse: inverse,
                    position: positions.position)
                let turned = engine.rotate(tensor, at: positions, by: parameters, inverse ? .inverse : .forward)
                #expect(turned.shape.axes == axes)
                #expect(
                    bits(turned.elements) == bits(twin.rotate(tensor.elements)),
                    "\(axes) \(parameters) \(positions) inverse \(inverse)")
            }
        }
        try check(type.scalar)
    }

    @Test func `each row of each batch is turned by its own position`() throws {
        let engine = RotaryEngine(maxCacheBytes: 0)
        let shape = try #require(TensorShape([2, 1, 2, 2]))
        let tensor = Tensor<Double>(shape: shape, elements: [1, 0, 1, 0, 1, 0, 1, 0])
        let turned = engine.rotate(
            tensor, at: .perBatch([[0, 1], [0, 0]]), by: try RotaryParameters(dimension: 2))
        // cos 1 and sin 1 to 17 digits by mpmath; the kernels' are within an ulp, here 2^−53.
        #expect(turned.elements[..<2] == [1, 0])
        #expect(abs(turned.elements[2] - 0.54030230586813972) <= 0x1p-53)
        #expect(abs(turned.elements[3] - 0.84147098480789651) <= 0x1p-53)
        #expect(turned.elements[4...] == [1, 0, 1, 0])
    }

    @Test(arguments: PairLayout.allCases)
    func `rows that are turned together are turned as each alone`(layout: PairLayout) throws {
        // More rows than are taken at once, and more sequences than are turned side by side.
        let axes = [2, 3, 20, 8192]
        var random = SplitMix64(seed: 13)
        let tensor = try Tensor<Double>.random(axes, using: &random)
        let parameters = try RotaryParameters(dimension: 8192, layout: layout)
        let engine = RotaryEngine(maxCacheBytes: 1 << 24)
        let turned = engine.rotate(tensor, at: .consecutive(from: 5), by: parameters)
        for place in stride(from: 0, to: tensor.elements.count, by: 8192) {
            let row = try Tensor<Double>.vector(Array(tensor.elements[place..<place + 8192]))
            let alone = engine.rotate(row, at: .shared([Double(5 + place / 8192 % 20)]), by: parameters)
            #expect(turned.elements[place..<place + 8192].elementsEqual(alone.elements))
        }
    }

    @Test func `memory that is there already gets the same bits as a new tensor`() throws {
        func check<Scalar: TensorScalar>(
            _: Scalar.Type,
            rotate: (RotaryEngine, Tensor<Scalar>, RotaryParameters, inout MutableSpan<Scalar>) -> Void
        ) throws {
            var random = SplitMix64(seed: 14)
            let engine = RotaryEngine(maxCacheBytes: 1 << 20)
            let tensor = try Tensor<Scalar>.random([2, 5, 7, 10], using: &random)
            let parameters = try RotaryParameters(dimension: 10, rotaryDimension: 6, rotaryStart: 2, layout: .half)
            var elements = [Scalar](repeating: .nan, count: tensor.shape.count)
            var target = elements.mutableSpan
            rotate(engine, tensor, parameters, &target)
            let new = engine.rotate(tensor, at: .consecutive(from: 3), by: parameters)
            #expect(bits(elements) == bits(new.elements))
        }
        try check(Float.self) { engine, tensor, parameters, target in
            engine.rotate(
                tensor.elements.span, tensor.shape, into: &target, at: .consecutive(from: 3), by: parameters)
        }
        try check(Double.self) { engine, tensor, parameters, target in
            engine.rotate(
                tensor.elements.span, tensor.shape, into: &target, at: .consecutive(from: 3), by: parameters)
        }
    }

    @Test func `the same request gives the same bits from a cold and a warm cache`() throws {
        var random = SplitMix64(seed: 11)
        let engine = RotaryEngine(maxCacheBytes: 1 << 20)
        let parameters = try RotaryParameters(dimension: 16)
        let tensor = try Tensor<Float>.random([40, 16], using: &random)
        let cold = engine.rotate(tensor, at: .consecutive(from: 3), by: parameters)
        let misses = engine.cache.statistics.misses
        let warm = engine.rotate(tensor, at: .consecutive(from: 3), by: parameters)
        #expect(bits(cold.elements) == bits(warm.elements))
        #expect(engine.cache.statistics.misses == misses)
    }

    @Test func `layouts share what is cached`() throws {
        var random = SplitMix64(seed: 12)
        let engine = RotaryEngine(maxCacheBytes: 1 << 20)
        let tensor = try Tensor<Float>.random([4, 16], using: &random)
        _ = engine.rotate(
            tensor, at: .consecutive(from: 0), by: try RotaryParameters(dimension: 16, layout: .interleaved))
        let misses = engine.cache.statistics.misses
        _ = engine.rotate(tensor, at: .consecutive(from: 0), by: try RotaryParameters(dimension: 16, layout: .half))
        #expect(engine.cache.statistics.misses == misses)
    }

    @Test func `negative and fractional positions are not kept`() throws {
        let engine = RotaryEngine(maxCacheBytes: 1 << 20)
        let parameters = try RotaryParameters(dimension: 2)
        _ = engine.table(for: parameters)
        let before = engine.cache.statistics
        _ = engine.rotate(try Tensor<Float>.vector([1, 0]), at: .shared([-1]), by: parameters)
        _ = engine.rotate(try Tensor<Float>.vector([1, 0]), at: .shared([0.5]), by: parameters)
        #expect(engine.cache.statistics.bytes == before.bytes)
        #expect(engine.cache.statistics.misses == before.misses)
    }

    // MARK: Random input

    private func randomAxes(_ random: inout SplitMix64) -> [Int] {
        let rank = Int.random(in: 1...5, using: &random)
        let outer = (0..<max(0, rank - 2)).map { _ in Int.random(in: 1...3, using: &random) }
        let length = rank > 1 ? [Int.random(in: 1...40, using: &random)] : []
        return outer + length + [Int.random(in: 2...24, using: &random)]
    }

    private func randomParameters(dimension: Int, _ random: inout SplitMix64) throws -> RotaryParameters {
        let isWhole = dimension.isMultiple(of: 2) && Bool.random(using: &random)
        let scaling: Scaling =
            Bool.random(using: &random)
            ? .none : .linear(try LinearScaling(factor: Double.random(in: 0.5...8, using: &random)))
        return try RotaryParameters(
            dimension: dimension,
            rotaryDimension: isWhole ? nil : 2 * Int.random(in: 1...dimension / 2, using: &random),
            base: [1, 10, 10_000, 1e30].randomElement(using: &random) ?? 1,
            layout: Bool.random(using: &random) ? .interleaved : .half, scaling: scaling)
    }

    private func randomPositions(_ axes: [Int], _ random: inout SplitMix64) -> Positions {
        let length = axes.count > 1 ? axes[axes.count - 2] : 1
        switch Int.random(in: 0..<(axes.count > 2 ? 3 : 2), using: &random) {
        case 0:
            let firsts = [
                0, 7, 1000, -20, 0.25, -3.5, 0x1p53 - Double(length - 1), -0x1p53, 0x1p52 - 0.5,
            ]
            return .consecutive(from: firsts.randomElement(using: &random) ?? 0)
        case 1:
            return .shared(randomList(length, &random))
        default:
            return .perBatch((0..<axes[0]).map { _ in randomList(length, &random) })
        }
    }

    private func randomList(_ count: Int, _ random: inout SplitMix64) -> [Double] {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: (0..<count).map { Double($0) + 5 }
        case 1: (0..<count).map { _ in Double(Int.random(in: 0...20, using: &random)) }
        case 2: (0..<count).map { _ in Double.random(in: -100...100, using: &random) }
        case 3: (0..<count).map { _ in Double(Int.random(in: -(1 << 53)...1 << 53, using: &random)) }
        case 4: (0..<count).map { Double(count - $0) / 2 }
        // The largest of all, where the next whole number rounds to it.
        default: (0..<count).map { _ in Bool.random(using: &random) ? 0x1p53 : 0x1p53 - 1 }
        }
    }
}

extension Positions {
    /// The definition, for the twin.
    fileprivate func position(batch: Int, row: Int) -> Double {
        switch self {
        case .consecutive(let first): first + Double(row)
        case .shared(let list): list[row]
        case .perBatch(let lists): lists[batch][row]
        case .perAxis: preconditionFailure("PairAxesTests has these")
        }
    }
}
