import PositionalEncoding
import Testing

@testable import TensorCoding

@Suite struct JSONWriterTests {
    @Test func `forms are kept`() throws {
        #expect(try JSONWriter.text(tensor([1, 0, 0, 1], [2, 2], .nested)) == "[[1,0],[0,1]]")
        #expect(try JSONWriter.text(tensor([1, 0, 0, 1], [2, 2], .flat)) == "{\"data\":[1,0,0,1],\"shape\":[2,2]}")
        #expect(try JSONWriter.text(tensor([1, 2], [2], .nested)) == "[1,2]")
        #expect(try JSONWriter.text(tensor([1, 2], [2, 1], .nested)) == "[[1],[2]]")
        #expect(try JSONWriter.text(tensor([1, 2], [1, 2], .nested)) == "[[1,2]]")
        #expect(
            try JSONWriter.text(tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2], .nested)) == "[[[1,2],[3,4]],[[5,6],[7,8]]]"
        )
    }

    @Test(
        arguments: zip(
            [0.1, 1.0 / 3, 0.5403023, 0.84147096, 0x1p-149, 3.4028235e38, -0.0, 5, 0.5, 16_777_216, 1e10] as [Float],
            [
                "0.1", "0.33333334", "0.5403023", "0.84147096", "1e-45", "3.4028235e+38", "-0", "5", "0.5", "16777216",
                "1e+10",
            ]))
    func `float32 is written with the fewest digits`(number: Float, text: String) throws {
        #expect(try JSONWriter.text(tensor([number], [1], .nested)) == "[\(text)]")
        #expect(try JSONWriter.text(tensor([number], [1], .flat)) == "{\"data\":[\(text)],\"shape\":[1]}")
        // What is not a tensor's, Foundation writes, and alike.
        #expect(try JSONWriter.text([number]) == "[\(text)]")
    }

    @Test(
        arguments: zip(
            [0.1, 1.0 / 3, 0.54030230586813977, 0x1p-1074, 1.7976931348623157e308, -0.0, 5, 0.30000000000000004]
                as [Double],
            [
                "0.1", "0.3333333333333333", "0.5403023058681398", "5e-324", "1.7976931348623157e+308", "-0", "5",
                "0.30000000000000004",
            ]))
    func `float64 is written with the fewest digits`(number: Double, text: String) throws {
        let shape = try #require(TensorShape([1]))
        let tensor = AnyTensor.float64(Tensor(shape: shape, elements: [number]))
        #expect(try JSONWriter.text(JSONTensor(tensor, form: .nested)) == "[\(text)]")
        #expect(try JSONWriter.text([number]) == "[\(text)]")
    }

    @Test func `members stand in alphabetical order and slashes as they are`() throws {
        struct Answer: Encodable {
            let y = 1, shape = 2, rope = 3, a = "a/b"
        }
        #expect(try JSONWriter.text(Answer()) == "{\"a\":\"a/b\",\"rope\":3,\"shape\":2,\"y\":1}")
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func `a number that is not finite is never written`(
        number: Double
    ) throws {
        #expect(throws: EncodingError.self) { try JSONWriter.write([number]) }
        #expect(throws: EncodingError.self) { try JSONWriter.write([Float(number)]) }
        for form in [JSONTensor.Form.nested, .flat] {
            let narrow = try tensor([1, Float(number)], [2], form)
            #expect(throws: EncodingError.self) { try JSONWriter.write(narrow) }
            let wide = AnyTensor.float64(Tensor(shape: narrow.tensor.shape, elements: [1, number]))
            #expect(throws: EncodingError.self) { try JSONWriter.write(JSONTensor(wide, form: form)) }
        }
    }

    @Test(arguments: [0, 70_000, 139_999, 140_000, 199_999, 279_999])
    func `a number that is not finite is found in either half of a large tensor`(place: Int) throws {
        for rows in [1, 2, 280] {
            var numbers = [Float](repeating: 0.5, count: 280_000)
            numbers[place] = -.infinity
            let large = try tensor(numbers, [rows, 280_000 / rows], .nested)
            #expect(throws: EncodingError.self) { try JSONWriter.write(["x": large]) }
        }
    }

    @Test func `whole numbers are written as they are`() throws {
        for number in [0, 7, -7, 10, 1_000_000, Int.max, Int.min] {
            #expect(try JSONWriter.text(["a": [number, number]]) == "{\"a\":[\(number),\(number)]}")
            #expect(try JSONWriter.text([number]) == "[\(number)]")
            #expect(try JSONWriter.text(["a": Int64(number)]) == "{\"a\":\(number)}")
        }
        #expect(try JSONWriter.text(["a": UInt64.max]) == "{\"a\":18446744073709551615}")
        #expect(try JSONWriter.text(["a": [Int]()]) == "{\"a\":[]}")
    }

    @Test func `tensors stand where they belong among other members`() throws {
        struct Answer: Encodable {
            struct Inner: Encodable {
                let a: [JSONTensor?], z: JSONTensor
            }
            let b: JSONTensor, a: [[Int]], empty: [Int], y: JSONTensor?, inner: Inner, text: String
        }
        let one = try tensor([1, 2], [1, 2], .nested)
        let answer = Answer(
            b: one, a: [[], [1]], empty: [], y: try tensor([1], [1], .base64),
            inner: Answer.Inner(a: [], z: try tensor([3], [1], .flat)), text: "\"[]\",\u{1}é/")
        #expect(
            try JSONWriter.text(answer)
                == #"{"a":[[],[1]],"b":[[1,2]],"empty":[],"inner":{"a":[],"z":{"data":[3],"shape":[1]}},"#
                + #""text":"\"[]\",\u0001é/","y":{"base64":"AACAPw==","shape":[1]}}"#)
        #expect(try JSONWriter.text(one) == "[[1,2]]")
    }

    private func tensor(_ elements: [Float], _ axes: [Int], _ form: JSONTensor.Form) throws -> JSONTensor {
        JSONTensor(.float32(Tensor(shape: try #require(TensorShape(axes)), elements: elements)), form: form)
    }
}
