import FoundationEssentials
import PositionalEncoding
import TestSupport
import Testing

@testable import TensorCoding

/// Tensors whose elements stand in a string of base64.
@Suite struct Base64TensorTests {
    @Test func `the bytes are little-endian and row-major`() throws {
        let narrow = #"{"base64":"AACAPwAAAEAAAEBAAACAwA==","shape":[2,2]}"#
        let read = try TensorRequest.read(narrow)
        #expect(read.form == .base64 && read.tensor.shape.axes == [2, 2] && read.tensor.numbers == [1, 2, 3, -4])
        #expect(try JSONWriter.text(read) == narrow)
        let wide = #"{"base64":"AAAAAAAA8D8AAAAAAAAAwA==","shape":[1,2]}"#
        let wider = try TensorRequest.read(wide, as: .float64)
        #expect(wider.form == .base64 && wider.tensor.shape.axes == [1, 2] && wider.tensor.numbers == [1, -2])
        #expect(try JSONWriter.text(wider) == wide)
    }

    /// 1 024 bytes between the quotes are the first that the decoder is not shown: 192 float32 and 96 float64 elements.
    @Test(arguments: [1, 2, 3, 95, 96, 97, 191, 192, 193, 1_000, 20_000], ScalarType.allCases)
    func `any bits come back, in strings short and long`(count: Int, type: ScalarType) throws {
        var random = SplitMix64(seed: UInt64(count))
        // NaN and infinities among them: a form of bytes holds whatever bytes there are.
        let bytes = Data((0..<count * type.size).map { _ in UInt8.random(in: 0...255, using: &random) })
        let base64 = bytes.base64EncodedString()
        let text = #"{"base64":"\#(base64)","shape":[\#(count)]}"#
        let expected = Self.bits(bytes, type)
        // As it is, with slashes escaped as some encoders do, with one letter as its code, and the other way around.
        for x in [
            text, text.replacing("/", with: "\\/"),
            #"{"shape":[\#(count)],"base64":"\#(base64.dropLast())\u00\#(String(base64.utf8.last ?? 0, radix: 16))"}"#,
        ] {
            let read = try TensorRequest.read(x, as: type)
            #expect(read.form == .base64 && read.tensor.bits == expected)
        }
        #expect(try JSONWriter.text(TensorRequest.read(text, as: type)) == text)
    }

    @Test(arguments: [1, 500]) func `the other type finds twice or half the bytes`(count: Int) throws {
        let bytes = Data((0..<count * 8).map { UInt8(truncatingIfNeeded: $0 * 37) })
        let base64 = bytes.base64EncodedString()
        #expect(
            try TensorRequest.read(#"{"shape":[\#(count),2],"base64":"\#(base64)"}"#).tensor.bits
                == Self.bits(bytes, .float32))
        #expect(
            try TensorRequest.read(#"{"shape":[\#(count)],"base64":"\#(base64)"}"#, as: .float64).tensor.bits
                == Self.bits(bytes, .float64))
        for (axes, type) in [("\(count)", ScalarType.float32), ("\(count),2", .float64)] {
            let error = try #require(
                invalidValue { try TensorRequest.read(#"{"shape":[\#(axes)],"base64":"\#(base64)"}"#, as: type) })
            #expect(error.kind == .shapeMismatch && error.pointer.description == "/x/shape")
            #expect(error.detail.contains("\(count * 8) bytes"))
        }
    }

    @Test(arguments: [
        // Padding: none, too much, too early; letters of another alphabet; half a byte; no text
        ("AACAPw", InvalidValue.Kind.wrongType, "/x/base64"), ("AACAPw=", .wrongType, "/x/base64"),
        ("AACAPw===", .wrongType, "/x/base64"), ("AA=AC=Pw", .wrongType, "/x/base64"),
        ("=AACAPw=", .wrongType, "/x/base64"),
        ("AACAPw==AACAPw==", .wrongType, "/x/base64"), ("AA-_Pw==", .wrongType, "/x/base64"),
        ("AACA\\fPw==", .wrongType, "/x/base64"), ("AACA\\u00a0Pw==", .wrongType, "/x/base64"),
        ("AACAPwA", .wrongType, "/x/base64"), ("AACAPé==", .wrongType, "/x/base64"),
        ("\\u0000", .wrongType, "/x/base64"),
        ("data:;base64,AACAPw==", .wrongType, "/x/base64"),
        // Lengths: nothing, one byte more or less, twice as many elements
        ("", .shapeMismatch, "/x/shape"), ("AACA", .shapeMismatch, "/x/shape"),
        ("AACAPwA=", .shapeMismatch, "/x/shape"),
        ("AACAPwAAgD8=", .shapeMismatch, "/x/shape"),
    ])
    func `what is no base64 of the shape is refused in its place`(text: String, kind: InvalidValue.Kind, place: String)
        throws
    {
        let long = String(repeating: "AACAPwAAAEAAAEBA", count: 100)
        for (text, count) in [(text, 1), (long + text, 301)] {
            let error = try #require(
                invalidValue { try TensorRequest.read(#"{"shape":[\#(count)],"base64":"\#(text)"}"#) }, "\(text)")
            #expect(error.kind == kind && error.pointer.description == place, "\(text)")
            #expect(error.detail.utf8.count < 200)
        }
    }

    @Test(arguments: [
        "AACA Pw==", "AACAPw==\\n", " AACAPw==", "\\r\\nAACA\\r\\nPw==\\r\\n", "A\\tA C\\u000aAPw=\\n=",
        "AACA\\u000dPw==",
    ])
    func `white space between the letters is passed over`(text: String) throws {
        #expect(try TensorRequest.read(#"{"shape":[1],"base64":"\#(text)"}"#).tensor.numbers == [1])
    }

    /// As `base64 -w76` and MIME do it.
    @Test(arguments: ["\\n", "\\r\\n"], [100, 20_000]) func `wrapped lines are read`(end: String, count: Int) throws {
        var random = SplitMix64(seed: 23)
        let bytes = Data((0..<count * 4).map { _ in UInt8.random(in: 0...255, using: &random) })
        let letters = Array(bytes.base64EncodedString())
        let lines = stride(from: 0, to: letters.count, by: 76).map { String(letters[$0..<min($0 + 76, letters.count)]) }
        let text = lines.joined(separator: end) + end
        let read = try TensorRequest.read(#"{"shape":[\#(count)],"base64":"\#(text)"}"#)
        #expect(read.tensor.bits == Self.bits(bytes, .float32))
    }

    @Test(arguments: [
        ("AA-APw==", "\"-\" at offset 2 of the string", "+ in place of -"),
        ("AACA_w==", "\"_\" at offset 4", "URL-safe"),
        ("AACAPw", "ends at offset 6 without padding", "append \"==\""),
        ("AACAPwAAAA", "ends at offset 10", "groups of four"),
        ("AACAPwA", "ends at offset 7", "append \"=\""), ("AACAP", "there are 5", "missing or too many"),
        ("AACAPw=", "padding at offset 6 of the string is 1 \"=\"", "\"==\" belongs there"),
        ("AACAPw===", "padding at offset 6 of the string is 3 \"=\"", "\"==\" belongs there"),
        ("====", "padding at offset 0 of the string is 4 \"=\"", "none belongs there"),
        ("AACA=", "padding at offset 4", "none belongs there"), ("AA=AC=Pw", "\"=\" at offset 2", "at its end only"),
        ("AACA,w==", "\",\" at offset 4", "no letter of base64"), ("AACAé===", "\"é\" at offset 4", "no letter"),
        ("AACA😀", "\"😀\" at offset 4", "no letter"), ("AA\\u0000A", "the byte 0x0 at offset 2", "no letter"),
        ("AACA\\nPw", "ends at offset 7", "append \"==\""), ("AACA\\n-w==", "\"-\" at offset 5", "URL-safe"),
        ("AACA\\\\nPw==", "\"\\\" at offset 4", "one backslash"), ("b'AACAPw=='", "\"'\" at offset 1", ".decode()"),
        ("data:;base64,AACAPw==", "\":\" at offset 4", "data URL"), ("'AACAPw=='", "\"'\" at offset 0", "no letter"),
    ])
    func `what is wrong is said with its offset`(text: String, place: String, what: String) throws {
        let error = try #require(invalidValue { try TensorRequest.read(#"{"shape":[1],"base64":"\#(text)"}"#) })
        #expect(error.kind == .wrongType && error.pointer.description == "/x/base64")
        #expect(error.detail.contains(place) && error.detail.contains(what), "\(error.detail)")
    }

    @Test(arguments: [
        (#"{"shape":[1],"data":[1],"base64":"AACAPw=="}"#, InvalidValue.Kind.contradiction, "/x/base64"),
        (#"{"base64":null,"shape":[1],"data":null}"#, .contradiction, "/x/base64"),
        (#"{"base64":"AACAPw=="}"#, .missingKey, "/x/shape"),
        (#"{"shape":[1],"base64":"AACAPw==","dtype":"float32"}"#, .unknownKey, "/x/dtype"),
        (#"{"shape":[1],"base64":["AACAPw=="]}"#, .wrongType, "/x/base64"),
        (#"{"shape":[1],"base64":[1]}"#, .wrongType, "/x/base64"),
        (#"{"shape":[1],"base64":1}"#, .wrongType, "/x/base64"),
        (#"{"shape":[1],"base64":null}"#, .wrongType, "/x/base64"),
        (#"{"shape":[1],"base64":{}}"#, .wrongType, "/x/base64"),
        (#"{"shape":[1],"base64":true}"#, .wrongType, "/x/base64"),
        (#"{"shape":[],"base64":""}"#, .shapeMismatch, "/x/shape"), (#"{"shape":[0],"base64":""}"#, .empty, "/x/shape"),
        (#"{"shape":[4611686018427387904],"base64":""}"#, .shapeMismatch, "/x/shape"),
        (#"{"shape":[2305843009213693952],"base64":""}"#, .shapeMismatch, "/x/shape"),
        (#""AACAPw==""#, .wrongType, "/x"),
    ])
    func `an object around base64 is held to the rules of a tensor`(x: String, kind: InvalidValue.Kind, place: String)
        throws
    {
        for type in ScalarType.allCases {
            let error = try #require(invalidValue { try TensorRequest.read(x, as: type, maxElements: (1 << 62) - 1) })
            #expect(error.kind == kind && error.pointer.description == place, "\(error)")
        }
    }

    @Test func `a mask of base64 holds numbers, infinite ones too`() throws {
        let mask = try ArrayRequest.read(#"{"mask":{"shape":[2],"base64":"AACA/wAAAAA="}}"#).mask
        guard case .additive(.float32(let tensor)) = mask?.elements else {
            Issue.record("\(String(describing: mask))")
            return
        }
        #expect(tensor.elements == [-.infinity, 0])
    }

    private static func bits(_ bytes: Data, _ type: ScalarType) -> [UInt64] {
        stride(from: 0, to: bytes.count, by: type.size).map { start in
            (0..<type.size).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * $1) }
        }
    }
}
