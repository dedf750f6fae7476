import FoundationEssentials
import PositionalEncoding
import Testing

@testable import TensorCoding

/// Binary answers while they are computed.
@Suite struct AnswerBufferTests {
    private static func form(_ type: FloatType, _ axes: [Int]) throws -> StoredShape {
        try StoredShape(type, try #require(TensorShape(axes)))
    }

    @Test func `float32 leaves from where it was computed, at a multiple of 64 bytes`() throws {
        let shape = try #require(TensorShape([2, 3]))
        let layouts = [
            TensorLayout(raw: try StoredShape(.float32, shape)), try NPYWriter.layout(.float32, shape),
            try SafetensorsWriter.layout([("x", StoredShape(.float32, shape))], metadata: ["rope": "{}"]),
        ]
        for layout in layouts {
            var answer = try AnswerBuffer(layout)
            let place = answer.withFloats(of: 0) { elements in
                for index in elements.indices { elements[index] = Float(index) }
                return elements.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
            }
            #expect(place.isMultiple(of: 64))
            let data = answer.data()
            #expect(data.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } + UInt(data.count - 24) == place)
            let tensor = try TensorBytes(StoredShape(.float32, shape), data.suffix(24))
            #expect(tensor.floats == [0, 1, 2, 3, 4, 5])
        }
    }

    @Test func `float64 is computed where it leaves from, and halves are rounded once at the end`() throws {
        let forms = try [Self.form(.float16, [3]), Self.form(.bfloat16, [1]), Self.form(.float64, [1])]
        var answer = try AnswerBuffer(SafetensorsWriter.layout([("a", forms[0]), ("b", forms[1]), ("c", forms[2])]))
        // To the even one, to the odd one's neighbour, and past the end.
        answer.withFloats(of: 0) { elements in
            (elements[0], elements[1], elements[2]) = (1 + 0x1p-11, 1 + 0x3p-11, 65_520)
        }
        answer.withFloats(of: 1) { $0[0] = 1 / 3 }
        answer.withDoubles(of: 2) { $0[0] = 1 / 3 }
        #expect(answer.firstNonFinite(of: 0) == 2)
        #expect(answer.firstNonFinite(of: 1) == nil && answer.firstNonFinite(of: 2) == nil)
        let file = try SafetensorsFile(answer.data())
        #expect(file["a"]?.floats == [1, 1 + 0x1p-9, .infinity] && file["b"]?.floats == [0x1.56p-2])
        #expect(file["c"]?.doubles == [1.0 / 3])
    }

    @Test func `tensors that were computed elsewhere are put in their places`() throws {
        let shape = try #require(TensorShape([2]))
        let narrow = AnyTensor.float32(Tensor(shape: shape, elements: [1, 1.0 / 3]))
        let wide = AnyTensor.float64(Tensor(shape: shape, elements: [1, 1.0 / 3]))
        let forms = try FloatType.allCases.map { try Self.form($0, [2]) }
        var answer = try AnswerBuffer(SafetensorsWriter.layout(forms.map { ($0.type.rawValue, $0) }))
        for (index, form) in forms.enumerated() { answer.put(form.type == .float64 ? wide : narrow, as: index) }
        let file = try SafetensorsFile(answer.data())
        #expect(file["F32"]?.floats == [1, 1 / 3] && file["F64"]?.doubles == [1, 1.0 / 3])
        #expect(file["F16"]?.floats == [1, 0x1.554p-2] && file["BF16"]?.floats == [1, 0x1.56p-2])
    }

    @Test func `an answer may be empty`() throws {
        #expect(try AnswerBuffer(TensorLayout(raw: StoredShape(.float32, [0]))).data().isEmpty)
    }

    @Test func `what is written before an error is not rounded into the answer`() throws {
        struct Stop: Error {}
        var answer = try AnswerBuffer(TensorLayout(raw: Self.form(.bfloat16, [4])))
        answer.withFloats(of: 0) { elements in
            for index in elements.indices { elements[index] = 1 }
        }
        #expect(throws: Stop.self) {
            try answer.withFloats(of: 0) { elements in
                elements[0] = 2
                throw Stop()
            }
        }
        #expect(try TensorBytes(Self.form(.bfloat16, [4]), answer.data()).floats == [1, 1, 1, 1])
    }

    @Test func `more bytes than can be counted are an error`() throws {
        #expect(AnswerMemory(count: .max) == nil)
        let form = try StoredShape(.uint8, [1 << 59])
        let forms = (0..<16).map { (name: "\($0)", form: form) }
        #expect(throws: OutOfMemory.self) { _ = try SafetensorsWriter.layout(forms) }
        // One byte less can be counted, but not with the header.
        let least = Array(forms.dropLast()) + [("15", try StoredShape(.uint8, [1 << 59 - 1]))]
        #expect(throws: OutOfMemory.self) { _ = try SafetensorsWriter.layout(least) }
        #expect(try SafetensorsWriter.layout(Array(forms.dropLast())).byteCount > 15 << 59)
    }
}
