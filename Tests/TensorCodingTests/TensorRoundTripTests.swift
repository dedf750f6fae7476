import FoundationEssentials
import PositionalEncoding
import TestSupport
import Testing

@testable import TensorCoding

@Suite struct TensorRoundTripTests {
    @Test(arguments: [JSONTensor.Form.nested, .flat, .base64], [1, 2] as [UInt64])
    func `any finite float32 comes back bit for bit`(form: JSONTensor.Form, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for axes in Self.shapes {
            let tensor = try tensor(axes) { Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random)) }
            try expectRoundTrip(JSONTensor(.float32(tensor), form: form), as: .float32)
        }
    }

    @Test(arguments: [JSONTensor.Form.nested, .flat, .base64], [1, 2] as [UInt64])
    func `any finite float64 comes back bit for bit`(form: JSONTensor.Form, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for axes in Self.shapes {
            let tensor = try tensor(axes) { Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random)) }
            try expectRoundTrip(JSONTensor(.float64(tensor), form: form), as: .float64)
        }
    }

    @Test(arguments: [JSONTensor.Form.nested, .flat, .base64]) func `zeros, subnormals and extremes come back`(
        form: JSONTensor.Form
    ) throws {
        let narrow: [Float] = [
            0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
            .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1, 16_777_216, 1e16,
            0.1,
        ]
        let wide: [Double] = [
            0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
            .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1, 0x1p53, 0x1p63,
            0x1p64, 1e16,
        ]
        let narrowShape = try #require(TensorShape([narrow.count]))
        let wideShape = try #require(TensorShape([wide.count]))
        try expectRoundTrip(
            JSONTensor(.float32(Tensor(shape: narrowShape, elements: narrow)), form: form), as: .float32)
        try expectRoundTrip(JSONTensor(.float64(Tensor(shape: wideShape, elements: wide)), form: form), as: .float64)
    }

    // MARK: Helpers

    private static let shapes = [[500], [1], [20, 30], [3, 1, 50], [2, 3, 4, 5], [2, 1, 2, 1, 2, 1, 2, 3]]

    private func tensor<Scalar: TensorScalar>(_ axes: [Int], _ bits: () -> Scalar) throws -> Tensor<Scalar> {
        let shape = try #require(TensorShape(axes))
        let elements = (0..<shape.count).map { _ in
            var element = bits()
            while !element.isFinite { element = bits() }
            return element
        }
        return Tensor(shape: shape, elements: elements)
    }

    private func expectRoundTrip(_ written: JSONTensor, as type: ScalarType) throws {
        let text = try JSONWriter.text(written)
        let read = try TensorRequest.read(text, as: type)
        #expect(read.form == written.form)
        #expect(read.tensor.shape == written.tensor.shape)
        #expect(read.tensor.bits == written.tensor.bits)
        #expect(try JSONWriter.text(read) == text)
        guard written.form != .base64 else { return }
        // What budgets are made by: numbers with a comma each, and brackets.
        let brackets = 64 + 4 * written.tensor.shape.count
        #expect(text.utf8.count <= JSONWriter.maxBytesPerNumber(type) * written.tensor.shape.count + brackets)
        let longest = text.split { "[],:{}".contains($0) }.map(\.utf8.count).max()
        #expect(try #require(longest) + 1 <= JSONWriter.maxBytesPerNumber(type))
    }
}

extension JSONWriter {
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try write(value), as: UTF8.self)
    }
}
