import FoundationEssentials
import PositionalEncoding
import Testing

@testable import TensorCoding

/// An array is found by its place alone, whatever else a client writes.
@Suite struct JSONForgeryTests {
    @Test(arguments: [
        // Empty arrays
        (#"{"x":[],"x ":[[1,0]]}"#, InvalidValue.Kind.empty, "/x"), (#"{"x ":[[1,0]],"x":[]}"#, .empty, "/x"),
        (#"{"x":[],"y":[[1,0]]}"#, .empty, "/x"), (#"{"y":[[1,0]],"x":[[]]}"#, .empty, "/x"),
        (#"{"x":{"shape":[],"data":[]},"shape":[1],"data":[1]}"#, .shapeMismatch, "/x/shape"),
        (#"{"x":{"shape":[1],"data":[]},"y":{"shape":[1],"data":[5]}}"#, .shapeMismatch, "/x/shape"),
        // Other values in the place of an array
        (#"{"x":"[[1,0]]"}"#, .wrongType, "/x"), (#"{"x":"/y","y":[[1,0]]}"#, .wrongType, "/x"),
        (#"{"x":0,"y":[[1,0]]}"#, .wrongType, "/x"), (#"{"x":null,"":[[1,0]]}"#, .wrongType, "/x"),
        (#"{"x":{"shape":[1],"data":"/y"},"y":[1]}"#, .wrongType, "/x/data"),
        (#"{"x":{"shape":[1],"data":{}},"y":[1]}"#, .wrongType, "/x/data"),
        (#"{"x":{"shape":"/y","data":[1]},"y":[1]}"#, .shapeMismatch, "/x/shape"),
        (#"{"x":{"shape":[1],"base64":[1]}}"#, .wrongType, "/x/base64"),
        (#"{"x":{"shape":[1],"base64":[]},"y":"AACAPw=="}"#, .wrongType, "/x/base64"),
        (#"{"x":{"shape":[1],"base64":{"base64":"AACAPw=="}}}"#, .wrongType, "/x/base64"),
        // Keys that look like places
        (#"{"/x":[[1,0]]}"#, .missingKey, ""), (#"{"x":{},"x/shape":[1],"x/data":[1]}"#, .missingKey, "/x/shape"),
        (#"{"x":{"shape":[1]},"x/data":[1],"/x/data":[1]}"#, .missingKey, "/x/data"),
        (#"{"x":{"shape":[1]},"x~1data":[1],"data":[1]}"#, .missingKey, "/x/data"),
        (#"{"a":{"x":[[1,0]]},"x":{"a":[[1,0]]}}"#, .unknownKey, "/x/a"),
        (#"{"a":{"x":[[1,0]]},"x":"a"}"#, .wrongType, "/x"), (#"{"a":{"x":[[1,0]]},"x":[]}"#, .empty, "/x"),
        (#"{"x":{"x":[[1,0]]}}"#, .unknownKey, "/x/x"), (#"{"x":{"":[[1,0]]}}"#, .unknownKey, "/x/"),
        (#"{"x":{"0":[1,0]}}"#, .unknownKey, "/x/0"), (#"{"x":{"0":{"0":1}},"x/0":[1]}"#, .unknownKey, "/x/0"),
        (#"{"x\u0000":[[1,0]]}"#, .missingKey, ""), (#"{"X":[[1,0]]}"#, .missingKey, ""),
        // Arrays in arrays of other things, which are not kept
        (#"{"x":[{"shape":[1],"data":[1]}]}"#, .wrongType, "/x/0"), (#"{"x":[{"x":[1]},[1]]}"#, .wrongType, "/x/0"),
        (#"{"x":[[[1,0]],"x"]}"#, .wrongType, "/x/1"), (#"[{"x":[[1,0]]}]"#, .wrongType, ""),
    ])
    func `no value is taken for an array that stands elsewhere`(text: String, kind: InvalidValue.Kind, place: String)
        throws
    {
        for type in ScalarType.allCases {
            for text in [text, text.replacing("{", with: "{\n"), " " + text + String(repeating: " ", count: 300)] {
                let error = try #require(invalidValue { try request(text, type) })
                #expect(error.kind == kind && error.pointer.description == place)
            }
        }
    }

    @Test(arguments: [
        (#"{"x":[[1,0]]}"#, JSONTensor.Form.nested), (#"{"\u0078":[[1,0]]}"#, .nested),
        (#"{"x ":[[3]],"x":[[1,0]],"":[2],"/x":[[4]],"x/x":[5]}"#, .nested),
        (#"{"a":{"x":[[3]]},"\u0078":[[1,0]],"b":{"a":{"x":[7]}}}"#, .nested),
        (#"{"x":{"\u0073hape":[1,2],"d\u0061ta":[1,0]},"shape":[3],"data":[4]}"#, .flat),
        (#"{"x":{"bas\u0065\u00364":"AACAPwAAAAA=","shape":[1,2]},"base64":"AAAAAA=="}"#, .base64),
        (#"{"o":[{"x":[[3]]},[[4]],null],"x":[[1,0]],"p":["[[5]]"]}"#, .nested),
    ])
    func `an array is found by its own place, however its keys are written`(text: String, form: JSONTensor.Form) throws
    {
        let x = try request(text, .float32).x
        #expect(x.form == form && x.tensor.shape.axes == [1, 2] && x.tensor.numbers == [1, 0])
    }

    @Test func `keys that only look alike are other places`() throws {
        // é in one scalar and in two, and the sign for kelvin, which Unicode calls equivalent to K.
        for (one, other) in [("\u{E9}", "e\u{301}"), ("K", "\u{212A}")] {
            let text = Data(#"{"\#(one)":[1,2],"\#(other)":[3],"\#(one)\#(other)":[4]}"#.utf8)
            var scanner = JSONScanner()
            try scanner.scan(text.span)
            let keys = [one, other, one + other]
            #expect(scanner.rows.dropFirst().map { Array($0.key.utf8) } == keys.map { Array($0.utf8) })
            let object = JSONValue(JSONTable(text, rows: scanner.rows, arrays: scanner.arrays))
            #expect(object.member(one)?.array?.count == 2 && object.member(other)?.array?.count == 1)
        }
    }

    private func request(_ text: String, _ type: ScalarType) throws -> TensorRequest {
        try JSONReader(Data(text.utf8)).read(TensorRequest.self, configuration: .init(type: type))
    }
}
