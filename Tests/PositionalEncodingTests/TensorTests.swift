import PositionalEncoding
import Testing

@Suite struct TensorTests {
    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `the first element that is not finite is found by its indices`(value: Double) throws {
        let shape = try #require(TensorShape([2, 2, 2]))
        let wide = Tensor<Double>(shape: shape, elements: [0, 1, 2, 3, 4, value, 6, value])
        #expect(wide.firstNonFinite == [1, 0, 1])
        #expect(AnyTensor.float64(wide).firstNonFinite == [1, 0, 1])
        let narrow = Tensor<Float>(shape: shape, elements: wide.elements.map(Float.init))
        #expect(AnyTensor.float32(narrow).firstNonFinite == [1, 0, 1])
    }

    @Test(arguments: [0, 1, 63, 64, 1_023, 1_024, 1_025, 2_047, 2_048, 2_999])
    func `an element that is not finite is found wherever it stands`(place: Int) throws {
        for value in [Double.nan, -.nan, .infinity, -.infinity, .signalingNaN] {
            var numbers = (0..<3_000).map { $0.isMultiple(of: 2) ? Double.greatestFiniteMagnitude : -0.0 }
            numbers[place] = value
            #expect(try Tensor<Double>.vector(numbers).firstNonFinite == [place])
            let narrow = numbers.map { abs($0) < .infinity ? Float.greatestFiniteMagnitude : Float($0) }
            #expect(try Tensor<Float>.vector(narrow).firstNonFinite == [place])
        }
    }

    @Test func `the largest and the smallest numbers are finite`() throws {
        let extremes = try Tensor<Float>.vector([.greatestFiniteMagnitude, -.leastNonzeroMagnitude, -0.0])
        #expect(extremes.firstNonFinite == nil)
        #expect(AnyTensor.float32(extremes).firstNonFinite == nil)
        #expect(AnyTensor.float32(extremes).shape.axes == [3])
    }

    @Test func `rotating the largest numbers can overflow, and is found`() throws {
        let huge = try Tensor<Float>.vector([.greatestFiniteMagnitude, -.greatestFiniteMagnitude])
        // cos 1 + sin 1 = 1.38 > 1.
        let turned = huge.turned(at: 1, by: try RotaryParameters(dimension: 2))
        #expect(turned.firstNonFinite == [0])
    }

    @Test func `types are named as in PyTorch and have the sizes of their elements`() {
        #expect(ScalarType.allCases.map(\.rawValue) == ["float32", "float64"])
        #expect(ScalarType.float32.size == MemoryLayout<Float>.size)
        #expect(ScalarType.float64.size == MemoryLayout<Double>.size)
        #expect(Float.type == .float32 && Double.type == .float64)
    }
}
