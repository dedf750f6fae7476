import FoundationEssentials
import PositionalEncoding
import TestSupport
import Testing

@testable import TensorCoding

/// safetensors, read and written.
@Suite struct SafetensorsTests {
    @Test func `files of safetensors are read, wherever they lie in memory`() throws {
        let golden = try BinaryGolden<SafetensorsGolden>("safetensors")
        #expect(golden.read.count >= 8)
        for known in golden.read {
            for file in [known.file, known.file.moved(by: 1), known.file.moved(by: 64)] {
                let read = try SafetensorsFile(file)
                #expect(read.metadata == known.metadata && read.tensors.count == known.tensors.count)
                for tensor in known.tensors {
                    let found = try #require(read[tensor.name], "\(known.name), \(tensor.name)")
                    #expect(found.form.type.rawValue == tensor.type && found.form.axes == tensor.shape)
                    #expect(found.bytes == tensor.bytes, "\(known.name), \(tensor.name)")
                }
                #expect(read["no such name"] == nil)
            }
        }
    }

    /// Their writer pads the header to 8 bytes, ours to 64.
    @Test func `what is written is what safetensors writes, but for spaces after the header`() throws {
        for known in try BinaryGolden<SafetensorsGolden>("safetensors").read {
            let file = try SafetensorsFile(known.file)
            var random = SplitMix64(seed: 19)
            for tensors in [file.tensors, file.tensors.reversed(), file.tensors.shuffled(using: &random)] {
                let written = try Self.written(tensors, metadata: file.metadata)
                let (ours, theirs) = (try Self.parts(written), try Self.parts(known.file))
                #expect(ours.header == theirs.header && ours.payload == theirs.payload, "\(known.name)")
                #expect(ours.start.isMultiple(of: 64))
            }
        }
    }

    private static func written(
        _ tensors: [SafetensorsFile.NamedTensor], metadata: [String: String] = [:]
    ) throws -> Data {
        let layout = try SafetensorsWriter.layout(tensors.map { ($0.name, $0.tensor.form) }, metadata: metadata)
        var answer = try AnswerBuffer(layout)
        for (index, tensor) in tensors.enumerated() { answer.put(tensor.tensor, as: index) }
        let data = answer.data()
        #expect(data.count == layout.byteCount)
        return data
    }

    private static func parts(_ file: Data) throws -> (header: String, payload: Data, start: Int) {
        let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let text = String(decoding: file[8..<(8 + length)], as: UTF8.self)
        return (String(text.reversed().drop { $0 == " " }.reversed()), file[(8 + length)...], 8 + length)
    }

    @Test func `random tensors of every type come back under their names, and float ones are aligned`() throws {
        var random = SplitMix64(seed: 20)
        for _ in 0..<200 {
            let tensors = try (0..<Int.random(in: 0...6, using: &random)).map { index in
                var axes = (0..<Int.random(in: 0...9, using: &random)).map { _ in Int.random(in: 0...3, using: &random)
                }
                let type = StoredType.allCases.randomElement(using: &random) ?? .float32
                if type.bits < 8 { axes.append(8) }
                let form = try StoredShape(type, axes)
                let bytes = Data((0..<form.byteCount).map { _ in UInt8.random(in: 0...255, using: &random) })
                let name = ["", "x", "é", "\"", "\u{0}", "a\\b/", "😀"].randomElement(using: &random) ?? ""
                return SafetensorsFile.NamedTensor(name: "\(name)\(index)", tensor: try TensorBytes(form, bytes))
            }
            let metadata = Bool.random(using: &random) ? [:] : ["rope": "{\"base\":10000}", "é\n": ""]
            let file = try Self.written(tensors, metadata: metadata)
            let read = try SafetensorsFile(file)
            #expect(read.metadata == metadata && read.tensors.count == tensors.count)
            for tensor in tensors {
                let found = try #require(read[tensor.name])
                #expect(found == tensor.tensor)
                if found.form.type.floating != nil {
                    #expect(found.bytes.startIndex.isMultiple(of: found.form.type.bits / 8))
                }
            }
            #expect(try Self.written(read.tensors, metadata: metadata) == file)
        }
    }

    private static func file(_ header: String, payload: Int = 0) -> Data {
        let length = header.utf8.count
        return Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }) + header.utf8 + Data(count: payload)
    }

    private static func entry(_ name: String, _ type: String, _ shape: String, _ offsets: String) -> String {
        #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }

    @Test(arguments: [
        "{ \"x\" : { \"data_offsets\" : [ 0 , 4 ] , \"shape\" : [ 1 ] , \"dtype\" : \"F32\" } } \n\t\r ",
        #"{"x":{"shape":[],"dtype":"F32","data_offsets":[0,4]},"__metadata__":{}}"#,
        #"{"\u0078":{"dtype":"\u004632","shape":[1],"data_offsets":[0,4]}}"#,
    ])
    func `headers are read in all spellings`(header: String) throws {
        let file = try SafetensorsFile(Self.file(header, payload: 4))
        #expect(file["x"]?.form.byteCount == 4 && file.metadata.isEmpty)
    }

    @Test(arguments: [
        ("", TensorFormatError.Kind.malformed, "the end of the text at byte 0"),
        ("[]", .malformed, "\"{\" is expected"), ("{", .malformed, "a name in quotes"),
        ("{}x", .malformed, "at byte 2"), ("{}\0", .malformed, "the byte 0x0 at byte 2"),
        ("{\"x\"}", .malformed, "\":\" is expected"), ("{\"x\":1}", .malformed, "\"{\" is expected"),
        ("{\"x", .malformed, "no JSON at byte 3"), ("{\"\\ud800\":{}}", .malformed, "surrogate"),
        ("{\"x\":{}}", .malformed, "tensor \"x\": the header has no \"dtype\""),
        ("{\"x\":{},}", .malformed, "no \"dtype\""),
        (#"{"__metadata__":{"a":1}}"#, .malformed, "all values of __metadata__"),
        (#"{"__metadata__":[]}"#, .malformed, "\"{\" is expected"),
        (#"{"__metadata__":{},}"#, .malformed, "a name in quotes"),
        (#"{"__metadata__":{} "a":{}}"#, .malformed, "\",\" or \"}\""),
        (#"{"__metadata__":{},"__metadata__":{}}"#, .duplicateName, "the name \"__metadata__\" twice"),
        (#"{"__metadata__":{"a":"b","\u0061":"c"}}"#, .duplicateName, "the name \"a\" twice"),
        (
            #"{"x":{"dtype":"F32","dtype":"F32"}}"#, .duplicateName,
            "tensor \"x\": the header has the name \"dtype\" twice"
        ),
        (#"{"x":{"dtype":"F31"}}"#, .unsupported, "no dtype \"F31\""),
        (#"{"x":{"dtype":32}}"#, .malformed, "type in quotes"),
        (#"{"x":{"offsets":[0,4]}}"#, .malformed, "no \"dtype\""),
        (#"{"x":{"dtype":"F32","data_offsets":[0,4]}}"#, .malformed, "no \"shape\""),
        (#"{"x":{"dtype":"F32","shape":[1]}}"#, .malformed, "no \"data_offsets\""),
        (#"{"x":{"shape":1}}"#, .malformed, "\"[\" is expected"),
        (#"{"x":{"shape":[-1]}}"#, .malformed, "a whole number"),
        (#"{"x":{"shape":[1.0]}}"#, .malformed, "\",\" or \"]\""),
        (#"{"x":{"shape":[01]}}"#, .malformed, "a whole number"),
        (#"{"x":{"shape":[1,]}}"#, .malformed, "a whole number"), (#"{"x":{"shape":[1"#, .malformed, "\",\" or \"]\""),
        (#"{"x":{"shape":["1"]}}"#, .malformed, "a whole number"),
        (#"{"x":{"shape":[null]}}"#, .malformed, "a whole number"),
        (#"{"x":{"shape":[99999999999999999999]}}"#, .badShape, "past any size"),
    ])
    func `other headers are refused, and the place is said`(header: String, kind: TensorFormatError.Kind, part: String)
        throws
    {
        let error = try #require(formatError { _ = try SafetensorsFile(Self.file(header, payload: 4)) })
        #expect(error.kind == kind && error.detail.contains(part), "\(error.detail)")
    }

    @Test(arguments: [
        // A shape that is none
        ([("F32", "[4611686018427387904,4]", "[0,16]")], 16, TensorFormatError.Kind.badShape, "can be counted"),
        ([("F32", "[4611686018427387904]", "[0,16]")], 16, .badShape, "can be counted"),
        ([("F4", "[3]", "[0,2]")], 2, .badShape, "12 bits"),
        // Places that are none, or not of the size
        ([("F32", "[1]", "[0]")], 4, .malformed, "begin and end"),
        ([("F32", "[1]", "[]")], 4, .malformed, "these are []"),
        ([("F32", "[1]", "[0,4,8]")], 4, .malformed, "[0, 4, 8]"), ([("F32", "[1]", "[4,0]")], 4, .malformed, "[4, 0]"),
        (
            [("F32", "[2,3]", "[0,16]")], 16, .sizeMismatch,
            "tensor \"t0\": data_offsets [0, 16] are 16 bytes, and F32 [2, 3] takes 24"
        ),
        ([("F32", "[0,3]", "[0,4]")], 4, .sizeMismatch, "takes 0"),
        ([("F32", "[]", "[0,0]")], 0, .sizeMismatch, "takes 4"),
        // Past the end, holes, overlaps, bytes of nobody
        ([("F32", "[2]", "[0,8]")], 7, .sizeMismatch, "end past the file, which has 7 bytes"),
        ([("U8", "[1152921504606846975]", "[0,1152921504606846975]")], 7, .sizeMismatch, "end past the file"),
        ([("F32", "[1]", "[4,8]")], 8, .sizeMismatch, "leave a hole: the bytes from 0 to 4"),
        (
            [("F32", "[1]", "[0,4]"), ("F32", "[1]", "[8,12]")], 12, .sizeMismatch,
            "tensor \"t1\": data_offsets [8, 12]"
        ),
        (
            [("F32", "[1]", "[0,4]"), ("F32", "[1]", "[2,6]")], 6, .sizeMismatch,
            "overlap those of \"t0\", which end at 4"
        ),
        ([("F32", "[1]", "[0,4]"), ("F32", "[1]", "[0,4]")], 4, .sizeMismatch, "overlap"),
        ([("F32", "[1]", "[0,4]"), ("U8", "[0]", "[2,2]")], 4, .sizeMismatch, "overlap"),
        ([("U8", "[0]", "[4,4]")], 4, .sizeMismatch, "leave a hole"),
        ([("F32", "[1]", "[0,4]")], 5, .sizeMismatch, "end at 4, and the file has 5"),
        ([], 1, .sizeMismatch, "end at 0"),
    ])
    func `tensors must take all bytes, each once`(
        entries: [(String, String, String)], payload: Int, kind: TensorFormatError.Kind, part: String
    ) throws {
        let members = entries.enumerated().map { Self.entry("t\($0)", $1.0, $1.1, $1.2) }
        for members in [members, members.reversed()] {
            let file = Self.file("{\(members.joined(separator: ","))}", payload: payload)
            let error = try #require(formatError { _ = try SafetensorsFile(file) })
            #expect(error.kind == kind && error.detail.contains(part), "\(error.detail)")
        }
    }

    @Test func `names that are alike to people are refused, whatever their bytes`() throws {
        let (first, second) = (Self.entry("é", "U8", "[0]", "[0,0]"), Self.entry("e\u{301}", "U8", "[0]", "[0,0]"))
        for header in ["{\(first),\(first)}", "{\(first),\(second)}"] {
            #expect(formatError { _ = try SafetensorsFile(Self.file(header)) }?.kind == .duplicateName)
        }
    }

    @Test func `a file that is cut short anywhere is refused, and a long header`() throws {
        let file = Self.file("{\(Self.entry("x", "F32", "[2]", "[0,8]"))}", payload: 8)
        #expect(try SafetensorsFile(file).tensors.count == 1)
        for count in 0..<file.count {
            let kind = formatError { _ = try SafetensorsFile(file.prefix(count)) }?.kind
            #expect(kind == (count < file.count - 8 ? .malformed : .sizeMismatch))
        }
        let limit = SafetensorsFile.maxHeaderBytes
        #expect(try SafetensorsFile(Self.file("{}" + String(repeating: " ", count: limit - 2))).tensors.isEmpty)
        #expect(
            formatError { _ = try SafetensorsFile(Self.file("{}" + String(repeating: " ", count: limit - 1))) }?.kind
                == .headerTooLong)
        for byte: UInt8 in [0x7F, 0x80, 0xFF] {
            let error = formatError { _ = try SafetensorsFile(Data(repeating: byte, count: 20)) }
            #expect(error?.kind == .headerTooLong)
        }
    }

    @Test func `a client's long name is cut short in a message`() throws {
        let name = String(repeating: "n", count: 10_000)
        let error = try #require(
            formatError {
                _ = try SafetensorsFile(Self.file("{\(Self.entry(name, "F32", "[2]", "[0,4]"))}", payload: 4))
            })
        #expect(error.detail.utf8.count < 200)
        let shape = "[\(Array(repeating: "1", count: 1_000).joined(separator: ","))]"
        let long = try #require(
            formatError {
                _ = try SafetensorsFile(Self.file("{\(Self.entry("x", "F32", shape, "[0,8]"))}", payload: 8))
            })
        #expect(long.detail.contains("F32 [1, 1, 1, 1, 1, 1, 1, …] takes 4"))
    }
}
