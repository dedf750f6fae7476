import FoundationEssentials
import PositionalEncoding
import TestSupport
import Testing

@testable import TensorCoding

/// numpy's .npy, read and written.
@Suite struct NPYTests {
    @Test func `files of numpy are read, wherever they lie in memory`() throws {
        let golden = try BinaryGolden<NPYGolden>("npy")
        #expect(golden.read.count > 25)
        for known in golden.read {
            for file in [known.file, known.file.moved(by: 1), known.file.moved(by: 64)] {
                let tensor = try NPYReader.read(file)
                #expect(tensor.form.type.floating?.rawValue == known.type, "\(known.name)")
                #expect(tensor.form.axes == known.shape && tensor.bytes == known.bytes, "\(known.name)")
            }
        }
    }

    @Test func `what is written is what numpy saves, byte for byte`() throws {
        let canonical = try BinaryGolden<NPYGolden>("npy").read.filter(\.isCanonical)
        #expect(canonical.count >= 8)
        for known in canonical {
            let type = try #require(FloatType(rawValue: known.type))
            let shape = try #require(TensorShape(known.shape))
            var answer = try AnswerBuffer(NPYWriter.layout(type, shape))
            answer.put(try TensorBytes(StoredShape(type, shape), known.bytes), as: 0)
            #expect(answer.data() == known.file, "\(known.name)")
        }
    }

    @Test func `elements of other types are refused by name`() throws {
        let golden = try BinaryGolden<NPYGolden>("npy")
        let refused = try #require(golden.refused)
        #expect(refused.count > 10)
        for known in refused {
            let error = try #require(formatError { _ = try NPYReader.read(known.file) }, "\(known.name)")
            #expect(error.kind == .unsupported && error.tensor == nil, "\(known.name)")
            #expect(error.detail.contains(known.name == "fields" ? "fields" : "f2, f4 and f8 are read"))
        }
    }

    @Test(arguments: [
        ("bfloat16", "bfloat16 is saved so; safetensors has it"), ("float8_e4m3fn", "float8, int4 and others"),
        ("float8_e5m2", "'<f1', float8_e5m2"), ("int4", "float8, int4"), ("bool", "'|b1', booleans"),
        ("void", "'|V2', which says nothing"), ("void of 1 byte", "'|V1', which"),
        ("void of 16 bytes", "bytes without a type"),
        ("int32", "'<i4', integers"), ("uint8", "'|u1', integers"), ("complex64", "'<c8', complex"),
        ("complex128", "'<c16', complex"), ("text", "'<U2', text"), ("bytes", "'|S2', text"),
        ("datetime64", "dates or times"), ("longdouble", "long doubles"), ("objects", "'|O', Python objects"),
    ])
    func `the whole name of a type decides what is said of it`(name: String, part: String) throws {
        let refused = try #require(try BinaryGolden<NPYGolden>("npy").refused)
        let known = try #require(refused.first { $0.name == name })
        let error = try #require(formatError { _ = try NPYReader.read(known.file) })
        #expect(error.kind == .unsupported && error.detail.contains(part), "\(error.detail)")
    }

    @Test func `types are also read and refused by numpy's long names`() throws {
        for (name, payload) in [("float16", 4), ("float32", 8), ("float64", 16)] {
            let header = "{'descr': '\(name)', 'fortran_order': False, 'shape': (2,), }"
            #expect(try NPYReader.read(Self.file(header, Data(count: payload))).form.type.rawValue == "F\(payload * 4)")
        }
        for (name, part) in [("bfloat16", "'bfloat16', bfloat16, which numpy has not"), ("bool", "booleans")] {
            let header = "{'descr': '\(name)', 'fortran_order': False, 'shape': (2,), }"
            let error = try #require(formatError { _ = try NPYReader.read(Self.file(header)) })
            #expect(error.kind == .unsupported && error.detail.contains(part), "\(error.detail)")
        }
    }

    /// A version 1 file with a header and a payload, both as given.
    private static func file(_ header: String, _ payload: Data = Data(count: 8)) -> Data {
        let length = header.utf8.count
        return Data(NPYReader.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + header.utf8) + payload
    }

    @Test(arguments: [
        "{'shape': (2,), 'fortran_order': False, 'descr': '<f4'}",
        "{\"descr\": \"=f4\", \"fortran_order\": False, \"shape\": (2, ), }   \n",
        "{'descr':'|f4','fortran_order':True,'shape':(2,)}",
        " \t{ 'descr' : 'f4' , 'fortran_order' : False , 'shape' : ( 2 , ) , } \n\n",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }\n",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (2L, 1L, 1L,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (), }",
    ])
    func `headers are read in all spellings that numpy takes`(header: String) throws {
        let payload = Data([0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
        let tensor = try NPYReader.read(Self.file(header, payload))
        #expect(tensor.bytes == payload && tensor.form.byteCount == 8)
    }

    @Test(arguments: [
        ("", TensorFormatError.Kind.malformed, "found its end"),
        ("[]", .malformed, "expected \"{\" at byte 0"), ("{", .malformed, "a string in quotes"),
        ("{'descr", .malformed, "the end of a string"), ("{'de\\scr': 1}", .malformed, "found \"\\\""),
        ("{'descr': 1}", .malformed, "a string, a tuple, True or False"), ("{'descr' '<f4'}", .malformed, "\":\""),
        ("{'descr': '<f4' 'shape': ()}", .malformed, "expected \"}\" at byte 16"),
        ("{'descr': '<f4', 'descr': '<f4'}", .malformed, "the key 'descr' twice"),
        ("{'descr': '<f4', 'colour': '<f4'}", .malformed, "the key 'colour'"),
        ("{'descr': '<f4', 'fortran_order': False}", .malformed, "no 'shape'"),
        ("{'descr': '<f4', 'shape': (2,)}", .malformed, "no 'fortran_order'"),
        ("{'fortran_order': False, 'shape': (2,)}", .malformed, "no 'descr'"), ("{}", .malformed, "no 'descr'"),
        ("{'descr': True, 'fortran_order': False, 'shape': (2,)}", .malformed, "descr is a string"),
        ("{'descr': '<f4', 'fortran_order': 'no', 'shape': (2,)}", .malformed, "True or False"),
        ("{'descr': '<f4', 'fortran_order': Fals, 'shape': (2,)}", .malformed, "\"False\" at byte 34"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': '2'}", .malformed, "a tuple of whole numbers"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': [2]}", .unsupported, "a shape is a tuple"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", .malformed, "expected \",\""),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (,)}", .malformed, "a whole number"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", .malformed, "a whole number"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)}", .malformed, "expected \",\""),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (02,)}", .malformed, "a whole number"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2", .malformed, "found its end"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", .malformed, "the end of the header"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\0", .malformed, "the byte 0x0"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,)}", .badShape, "too long"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}", .badShape, "can be counted"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}", .badShape, "can be counted"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", .sizeMismatch, "8 bytes, and F32 [3] takes 12"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", .sizeMismatch, "8 bytes, and F32 [1] takes 4"),
        ("{'descr': '>f2', 'fortran_order': True, 'shape': (3, 2)}", .sizeMismatch, "F16 [3, 2] takes 12"),
        ("{'descr': '', 'fortran_order': False, 'shape': (3,)}", .unsupported, "the elements are ''"),
        ("{'descr': '!f4', 'fortran_order': False, 'shape': (3,)}", .unsupported, "'!f4'"),
        ("{'descr': '<f44', 'fortran_order': False, 'shape': (3,)}", .unsupported, "'<f44'"),
    ])
    func `other headers are refused, and the place is said`(header: String, kind: TensorFormatError.Kind, part: String)
        throws
    {
        let error = try #require(formatError { _ = try NPYReader.read(Self.file(header)) })
        #expect(error.kind == kind && error.detail.contains(part), "\(error)")
        #expect(error.detail.utf8.count < 300)
    }

    @Test func `a file that is cut short anywhere is refused`() throws {
        for version: UInt8 in 1...3 {
            var file = Self.file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }")
            if version > 1 {
                file.insert(contentsOf: [0, 0], at: NPYReader.magic.count + 4)
                file[NPYReader.magic.count] = version
            }
            #expect(try NPYReader.read(file).form.axes == [2])
            for count in 0..<file.count {
                let kind = formatError { _ = try NPYReader.read(file.prefix(count)) }?.kind
                #expect(kind == (count < file.count - 8 ? .malformed : .sizeMismatch))
            }
        }
    }

    @Test func `other versions and long headers are refused`() throws {
        for (version, minor): (UInt8, UInt8) in [(0, 0), (1, 1), (4, 0), (255, 0)] {
            let file = Data(NPYReader.magic + [version, minor, 0, 0, 0, 0])
            #expect(formatError { _ = try NPYReader.read(file) }?.kind == .unsupported)
        }
        let long = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
        let limit = long + String(repeating: " ", count: NPYReader.maxHeaderBytes - long.utf8.count)
        #expect(try NPYReader.read(Self.file(limit)).form.axes == [2])
        #expect(formatError { _ = try NPYReader.read(Self.file(limit + " ")) }?.kind == .headerTooLong)
        let huge = Data(NPYReader.magic + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(formatError { _ = try NPYReader.read(huge) }?.kind == .headerTooLong)
    }

    @Test func `bfloat16 cannot be written`() throws {
        let shape = try #require(TensorShape([2]))
        let error = try #require(formatError { _ = try NPYWriter.layout(.bfloat16, shape) })
        #expect(error.kind == .unsupported && error.detail.contains("safetensors"))
    }

    @Test func `any order of bytes and elements is read as the same tensor`() throws {
        var random = SplitMix64(seed: 18)
        for _ in 0..<300 {
            let axes = (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 1...5, using: &random) }
            let (code, size) = [("f2", 2), ("f4", 4), ("f8", 8)].randomElement(using: &random) ?? ("f4", 4)
            let count = axes.reduce(1, *)
            let elements = (0..<count).map { _ in (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) } }
            let shape = axes.map { "\($0)," }.joined()
            for (order, isFortran) in [("<", false), (">", false), ("<", true), (">", true)] {
                let stored = isFortran ? Self.columnMajor(elements, axes) : elements
                let bytes = stored.flatMap { order == "<" ? $0 : $0.reversed() }
                let header =
                    "{'descr':'\(order)\(code)','fortran_order':\(isFortran ? "True" : "False"),'shape':(\(shape))}"
                let tensor = try NPYReader.read(Self.file(header, Data(bytes)))
                #expect(tensor.form.axes == axes && tensor.bytes == Data(elements.flatMap { $0 }))
            }
        }
    }

    /// By its definition: the element at i, j, … stands at i + j·a + …
    private static func columnMajor(_ elements: [[UInt8]], _ axes: [Int]) -> [[UInt8]] {
        var moved = elements
        for (offset, element) in elements.enumerated() {
            var (rest, place, step) = (offset, 0, elements.count)
            for axis in axes.reversed() {
                step /= axis
                place += rest % axis * step
                rest /= axis
            }
            moved[place] = element
        }
        return moved
    }
}
