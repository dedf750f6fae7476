import FoundationEssentials
import TestSupport
import Testing

private protocol Element: BinaryFloatingPoint & Decodable & CustomStringConvertible
where RawSignificand: FixedWidthInteger {
    static var dtype: String { get }
}

/// Tensors of base64 through the endpoints: what a form says does not change what is computed.
@Suite struct Base64Tests {
    @Test(arguments: [
        // cos 1 and sin 1, packed by Python; both types, whichever side the type stands on.
        (#""x":{"shape":[1,2],"base64":"AACAPwAAAAA="},"positions":[1]"#, #"{"base64":"QFEKP6RqVz8=","shape":[1,2]}"#),
        (
            #""dtype":"float64","x":{"base64":"AAAAAAAA8D8AAAAAAAAAAA==","shape":[2]},"positions":1"#,
            #"{"base64":"jAa1DyhK4T/uDAmPVO3qPw==","shape":[2]}"#
        ),
        (
            #""x":{"base64":"AAAAAAAA8D8AAAAAAAAAAA==","shape":[2]},"positions":1,"dtype":"float64""#,
            #"{"base64":"jAa1DyhK4T/uDAmPVO3qPw==","shape":[2]}"#
        ),
    ])
    func `a tensor of base64 is answered in base64`(fields: String, y: String) throws {
        let response = try LiveService().apply("{\(fields)}")
        #expect(response.status == 200 && response.text.hasSuffix("\"y\":\(y)}"), "\(response.text)")
    }

    @Test(arguments: [1, 400]) func `all forms of a tensor are turned into the same bits`(rows: Int) throws {
        func expectSame<Scalar: Element>(_ type: Scalar.Type) throws {
            let service = try LiveService()
            var random = SplitMix64(seed: 7)
            let numbers = (0..<rows * 4).map { _ in Scalar.random(in: -2...2, using: &random) }
            let answers = try Form.allCases.map { form in
                let x = form.text(numbers, [rows, 4])
                let response = try service.apply(#"{"offset":3,"dtype":"\#(Scalar.dtype)","x":\#(x)}"#)
                #expect(response.status == 200, "\(response.text)")
                return try JSONDecoder().decode(Answer<Scalar>.self, from: Data(response.body)).y
            }
            #expect(answers.map(\.?.form) == Form.allCases)
            #expect(answers.allSatisfy { $0?.elements == answers[0]?.elements && $0?.elements.count == rows * 4 })
        }
        try expectSame(Float.self)
        try expectSame(Double.self)
    }

    @Test func `attention reads every form, and answers output and weights in that of the query`() throws {
        func expectSame<Scalar: Element>(_ type: Scalar.Type) throws {
            let service = try LiveService()
            func answer(_ query: Form, _ key: Form, _ value: Form) throws -> Answer<Scalar> {
                let fields = [
                    "\"query\":" + query.text([1, 0.5, -1, 2] as [Scalar], [2, 2]),
                    "\"key\":" + key.text([0.25, 1, 3, -1, 0, 2] as [Scalar], [3, 2]),
                    "\"value\":" + value.text([1, 2, 3] as [Scalar], [3, 1]),
                    // The first key is hidden from both queries, as no number in digits could hide it.
                    "\"mask\":" + Form.base64.text([-.infinity, 0, 0.5] as [Scalar], [1, 3]),
                    "\"dtype\":\"\(Scalar.dtype)\"", "\"return_weights\":true", "\"query_positions\":[1,2]",
                ]
                let response = try service.post("/attention", "{\(fields.joined(separator: ","))}")
                #expect(response.status == 200, "\(response.text)")
                return try JSONDecoder().decode(Answer<Scalar>.self, from: Data(response.body))
            }
            let nested = try answer(.nested, .nested, .nested)
            let weights = try #require(nested.weights?.elements)
            #expect(weights.count == 6 && weights[0] == 0 && weights[3] == 0 && weights[1] > 0)
            for (query, key, value) in [
                (Form.base64, Form.nested, Form.flat), (.nested, .base64, .base64), (.flat, .base64, .nested),
                (.base64, .base64, .base64),
            ] {
                let other = try answer(query, key, value)
                #expect(other.output?.form == query && other.weights?.form == query)
                #expect(other.output?.elements == nested.output?.elements && other.weights?.elements == weights)
            }
        }
        try expectSame(Float.self)
        try expectSame(Double.self)
    }

    @Test(arguments: [
        (#"{"shape":[1,2],"base64":"AACAPwAAAAA"}"#, "wrong-type /x/base64"),
        (#"{"shape":[1,2],"base64":"AACAPwAAAAA=="}"#, "wrong-type /x/base64"),
        (#"{"shape":[1,2],"base64":"AACAPwAA_-A="}"#, "wrong-type /x/base64"),
        (#"{"shape":[1,2],"base64":[1,0]}"#, "wrong-type /x/base64"),
        (#"{"shape":[1,2],"base64":"AACAPw=="}"#, "shape-mismatch /x/shape"),
        (#"{"shape":[1,2],"base64":""}"#, "shape-mismatch /x/shape"),
        (#"{"shape":[1,2],"base64":"AACAPwAAAAA=","data":[1,0]}"#, "contradiction /x/base64"),
        (#"{"base64":"AACAPwAAAAA="}"#, "missing-field /x/shape"),
        (#"{"shape":[1,2],"bas64":"AACAPwAAAAA="}"#, "unknown-field /x/bas64"),
        // NaN, which JSON could not have written.
        (#"{"shape":[1,2],"base64":"AADAfwAAAAA="}"#, "not-finite /x/base64"),
        (#""AACAPwAAAAA=""#, "wrong-type /x"),
    ])
    func `base64 that is no tensor is refused by its kind and place`(x: String, summary: String) throws {
        let service = try LiveService()
        let response = try service.apply(#"{"x":\#(x)}"#)
        #expect(try response.status == 422 && ProblemDocument(response).summary == summary, "\(response.text)")
    }

    @Test(arguments: [
        // NaN in each operand, of a key that is seen.
        ("[[1,0]]", #"{"shape":[1,2],"base64":"AADAfwAAAAA="}"#, "[[1]]", "", "not-finite /key/base64"),
        (#"{"shape":[1,2],"base64":"AAAAAAAAgH8="}"#, "[[1,0]]", "[[1]]", "", "not-finite /query/base64"),
        ("[[1,0]]", "[[1,0]]", #"{"shape":[1,1],"base64":"AADAfw=="}"#, "", "not-finite /value/base64"),
        // Of one that is hidden it does not matter.
        (
            "[[1,0]]", "[[1,0],[1,0]]", #"{"shape":[2,1],"base64":"AADAfwAAgD8="}"#, #","mask":[[false,true]]"#, "200"
        ),
        ("[[1,0]]", "[[1,0]]", "[[1]]", #","mask":{"shape":[1],"base64":"AADAfw=="}"#, "not-finite /mask/base64"),
    ])
    func `attention names the operand that holds what is no number`(
        query: String, key: String, value: String, mask: String, summary: String
    ) throws {
        let body = #"{"query":\#(query),"key":\#(key),"value":\#(value)\#(mask)}"#
        let response = try LiveService().post("/attention", body)
        let found = response.status == 200 ? "200" : try ProblemDocument(response).summary
        #expect(found == summary, "\(response.text)")
    }

    // MARK: Helpers

    private enum Form: CaseIterable {
        case nested, flat, base64

        /// Rows of numbers as they stand in a request.
        func text<Scalar: Element>(_ numbers: [Scalar], _ axes: [Int]) -> String {
            let texts = numbers.map(\.description)
            switch self {
            case .nested:
                let rows = stride(from: 0, to: texts.count, by: axes[1]).map { texts[$0..<$0 + axes[1]] }
                return "[\(rows.map { "[\($0.joined(separator: ","))]" }.joined(separator: ","))]"
            case .flat: return "{\"data\":[\(texts.joined(separator: ","))],\"shape\":\(axes)}"
            case .base64:
                let text = numbers.withUnsafeBytes { Data($0) }.base64EncodedString()
                return "{\"shape\":\(axes),\"base64\":\"\(text)\"}"
            }
        }
    }

    private struct Answer<Scalar: Element>: Decodable {
        let y: Tensor<Scalar>?
        let output: Tensor<Scalar>?
        let weights: Tensor<Scalar>?
    }

    /// A tensor of an answer, by Foundation.
    private struct Tensor<Scalar: Element>: Decodable {
        let form: Form
        let elements: [Scalar]

        private enum Key: CodingKey { case data, base64 }

        init(from decoder: any Decoder) throws {
            guard let object = try? decoder.container(keyedBy: Key.self) else {
                form = .nested
                elements = try [[Scalar]](from: decoder).flatMap(\.self)
                return
            }
            form = object.contains(.data) ? .flat : .base64
            elements =
                try form == .flat
                ? object.decode([Scalar].self, forKey: .data)
                : object.decode(Data.self, forKey: .base64).withUnsafeBytes { Array($0.bindMemory(to: Scalar.self)) }
        }
    }
}

extension Float: Element { fileprivate static var dtype: String { "float32" } }
extension Double: Element { fileprivate static var dtype: String { "float64" } }
