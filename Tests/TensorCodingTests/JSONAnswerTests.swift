import FoundationEssentials
import PositionalEncoding
import TestSupport
import Testing

@testable import TensorCoding

/// Answers with tensors against what Foundation's encoder alone writes: byte for byte the same.
@Suite struct JSONAnswerTests {
    private struct Answer<Tensor: Encodable>: Encodable {
        struct Rope: Encodable {
            let base: Double, layout: String, inner: Tensor?
        }
        let output: Tensor
        let rope: Rope
        let shape: [Int]
        let warnings: [String]?
        let weights: Tensor?
        let nested: [[Double?]]
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `an answer is written byte for byte as Foundation writes it`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<150 {
            let axes = Self.axes(&random)
            let count = axes.reduce(1, *)
            let form =
                [(JSONTensor.Form.nested, 0), (.flat, 1), (.base64, 2)].randomElement(using: &random)?.0 ?? .flat
            if Bool.random(using: &random) {
                let numbers = (0..<count).map { _ in
                    Self.finite(&random) { Float(bitPattern: .random(in: 0 ... .max, using: &$0)) }
                }
                try expectEqual(numbers, axes, form, &random) { .float32(Tensor(shape: $0, elements: numbers)) }
            } else {
                let numbers = (0..<count).map { _ in
                    Self.finite(&random) { Double(bitPattern: .random(in: 0 ... .max, using: &$0)) }
                }
                try expectEqual(numbers, axes, form, &random) { .float64(Tensor(shape: $0, elements: numbers)) }
            }
        }
    }

    private func expectEqual<Scalar: PlainElement>(
        _ numbers: [Scalar], _ axes: [Int], _ form: JSONTensor.Form, _ random: inout SplitMix64,
        _ tensor: (TensorShape) -> AnyTensor
    ) throws {
        let ours = JSONTensor(tensor(try #require(TensorShape(axes))), form: form)
        let plainForm: PlainTensor<Scalar>.Form =
            switch form {
            case .nested: .nested
            case .flat: .flat
            case .base64: .base64
            }
        let plain = PlainTensor(numbers, axes: axes, form: plainForm)
        let hasMore = Bool.random(using: &random)
        func answer<Tensor: Encodable>(_ tensor: Tensor) -> Answer<Tensor> {
            Answer(
                output: tensor,
                rope: .init(base: 5e5, layout: "a/b \"[]\" é\u{1}😀", inner: hasMore ? tensor : nil), shape: axes,
                warnings: hasMore ? ["[]", "\\", ""] : nil, weights: hasMore ? nil : tensor,
                nested: [[], [1, nil], [0.1]])
        }
        #expect(try JSONWriter.write(answer(ours)) == Self.plain(answer(plain)))
        #expect(try JSONWriter.write(ours) == Self.plain(plain))
    }

    private static func plain(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// Whole numbers and short ones too, which random bits hardly ever are.
    private static func finite<Scalar: BinaryFloatingPoint & LosslessStringConvertible>(
        _ random: inout SplitMix64, _ bits: (inout SplitMix64) -> Scalar
    ) -> Scalar {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return Scalar(Int.random(in: -1_000...1_000, using: &random))
        case 1: return Scalar(NumberSpelling.common(&random)).flatMap { $0.isFinite ? $0 : nil } ?? 0
        default:
            var number = bits(&random)
            while !number.isFinite { number = bits(&random) }
            return number
        }
    }

    private static func axes(_ random: inout SplitMix64) -> [Int] {
        if Int.random(in: 0..<20, using: &random) == 0 { return [Int.random(in: 300...2_000, using: &random)] }
        return (0..<Int.random(in: 1...8, using: &random)).map { _ in Int.random(in: 1...3, using: &random) }
    }
}
