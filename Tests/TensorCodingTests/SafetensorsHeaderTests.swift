import FoundationEssentials
import Testing

@testable import TensorCoding

/// Headers of safetensors as people and other tools spell them, held against safetensors' own reader.
@Suite struct SafetensorsHeaderTests {
    /// Read there, and refused here: names that are given twice, or are alike to people, of which nobody knows which counts;
    /// what is no object or string by the format; and a length that no Int holds.
    private static let refusedHere = [
        #"{"__metadata__":{"a":"b","a":"c"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
        #"{"é":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"é":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#,
        #"{"x":["F32",[1],[0,4]]}"#,
        #"{"x":{"dtype":{"F32":null},"shape":[1],"data_offsets":[0,4]}}"#,
        #"{"x":{"dtype":"F32","shape":[9223372036854775808,0],"data_offsets":[0,0]}}"#,
    ]

    @Test func `a header is read or refused as safetensors reads or refuses it`() throws {
        let headers = try #require(try BinaryGolden<SafetensorsGolden>("safetensors").headers)
        #expect(headers.count { $0.names != nil } > 40 && headers.count { $0.names == nil } > 80)
        var stricter: [String] = []
        for header in headers {
            let names = try? SafetensorsFile(header.file).tensors.map(\.name).sorted {
                $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
            }
            if names == nil, header.names != nil { stricter.append(header.text) }
            #expect(names == header.names || Self.refusedHere.contains(header.text), "\(header.text)")
        }
        #expect(stricter.count == Self.refusedHere.count, "\(stricter)")
    }

    @Test(arguments: [
        ("1x", "\"1x\" is no number"), ("1 2", "\",\" or \"}\" is expected"), ("01", "does not begin with 0"),
        ("1e999", "too large for float64"),
        ("nan", "a value is expected"), ("[1,]", "a value is expected"), ("[1 2]", "\",\" or \"]\" is expected"),
        ("{\"a\"}", "\":\" is expected"), ("\"a", "\",\" or \"}\""), ("\"\\x\"", "no JSON"),
        (String(repeating: "[", count: 200), "more than 127 deep"),
        (String(repeating: "[{\"a\":", count: 100_000), "more than 127 deep"),
    ])
    func `what is passed over must be JSON, and the place is said`(value: String, part: String) throws {
        let header = #"{"x":{"dtype":"F32","note":\#(value),"shape":[1],"data_offsets":[0,4]}}"#
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
        let file = Data(length) + Data(header.utf8) + Data(count: 4)
        let error = try #require(formatError { _ = try SafetensorsFile(file) })
        #expect(error.kind == .malformed && error.tensor == "x" && error.detail.contains(part), "\(error.detail)")
        #expect(error.detail.utf8.count < 200)
    }
}
