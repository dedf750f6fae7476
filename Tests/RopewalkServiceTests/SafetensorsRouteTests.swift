import FoundationEssentials
import PositionalEncoding
import TensorCoding
import TestSupport
import Testing

@testable import RopewalkService

/// `application/vnd.safetensors` in and out of the routes below /rope.
@Suite struct SafetensorsRouteTests {
    private static var pair: Data { [Float](arrayLiteral: 1, 0).littleEndianBytes }
    private static var positions: FileTensor {
        FileTensor("positions", .int64, [3], [Int64](arrayLiteral: 4, -1, 9).littleEndianBytes)
    }

    private func exchange(_ target: String, _ tensors: [FileTensor], accept: String? = nil) -> TensorExchange {
        TensorExchange(target, safetensors(tensors), TensorExchange.safetensors, accept: accept)
    }

    @Test func `every floating tensor is turned into the bits that JSON answers, and all are answered`() throws {
        var random = SplitMix64(seed: 4)
        let turned = FloatType.allCases.map { FileTensor.random("a \($0)", $0, [2, 3, 4], &random) }
        let others = [
            FileTensor("ids", .int32, [2], Data(1...8)), FileTensor("flag", .bool, [], Data([1])),
            FileTensor("none", .uint8, [0, 3], Data()), Self.positions,
        ]
        let answer = exchange("/rope/apply?layout=half&base=100", turned + others)
        #expect(answer.summary == "200" && answer.type == TensorExchange.safetensors)
        let file = try answer.file
        #expect(Set(file.tensors.map(\.name)) == Set((turned + others).map(\.name)))
        for x in turned {
            let json = TensorExchange(
                "/rope/apply",
                json: #"{"x":\#(x.json),"dtype":"\#(x.dtype)","positions":[4,-1,9],"layout":"half","base":100}"#)
            let y = try #require(file[x.name])
            #expect(try y.bytes == rounded(json.jsonBytes("y"), to: x.type), "\(x.name)")
            #expect(y.form == (try StoredShape(x.type, x.shape)))
            #expect(try file.metadata["rope"].map { try JSON(Data($0.utf8)) } == JSON(json.response.body)["rope"])
        }
        for other in others {
            #expect(file[other.name]?.bytes == other.bytes)
            #expect(file[other.name]?.form == (try StoredShape(other.type, other.shape)))
        }
    }

    @Test func `shift and convert take several tensors as well, and what is only moved may be no number`() throws {
        var random = SplitMix64(seed: 5)
        let tensors = ["q", "k"].map { FileTensor.random($0, .float32, [2, 4], &random) }
        for (query, fields) in [
            ("shift?by=3", #""by":3"#), ("convert?from=half&to=interleaved", #""from":"half","to":"interleaved""#),
        ] {
            let route = "/rope/\(query.prefix { $0 != "?" })"
            let file = try exchange("/rope/\(query)", tensors).file
            for x in tensors {
                let json = TensorExchange(route, json: #"{"x":\#(x.json),\#(fields)}"#)
                #expect(try file[x.name]?.bytes == json.jsonBytes("y"))
            }
        }
        let odd = [Float](arrayLiteral: .nan, 1, -.infinity, 2).littleEndianBytes
        let moved = exchange("/rope/convert?from=half&to=interleaved", [FileTensor("w", .float32, [4], odd)])
        let numbers = try #require(try moved.file["w"]).bytes.elements(Float.self)
        #expect(numbers[0].isNaN && numbers[1...] == [-.infinity, 1, 2])
        let inJSON = exchange(
            "/rope/convert?from=half&to=interleaved", [FileTensor("w", .float32, [4], odd)], accept: TensorExchange.json
        )
        #expect(inJSON.summary == "not-finite w [0]")
    }

    @Test func `query and key have positions of their own`() throws {
        var random = SplitMix64(seed: 6)
        let tensors = ["query", "key", "other"].map { FileTensor.random($0, .float64, [2, 4], &random) }
        let own = [
            FileTensor("query_positions", .float64, [2], [0.5, 7].littleEndianBytes),
            FileTensor("key_positions", .int64, [2], [Int64](arrayLiteral: 3, 1).littleEndianBytes),
            FileTensor("positions", .int64, [2], [Int64](arrayLiteral: 8, 9).littleEndianBytes),
        ]
        let file = try exchange("/rope/apply", tensors + own).file
        for (x, positions) in zip(tensors, ["[0.5,7]", "[3,1]", "[8,9]"]) {
            let json = TensorExchange(
                "/rope/apply", json: #"{"x":\#(x.json),"dtype":"float64","positions":\#(positions)}"#)
            #expect(try file[x.name]?.bytes == json.jsonBytes("y"), "\(x.name)")
        }
        #expect(file.metadata["warnings"] == nil)
        let unused = try exchange("/rope/apply", [tensors[1]] + own).file
        let warnings = try JSON(Data(#require(unused.metadata["warnings"]).utf8)).elements.compactMap(\.string)
        #expect(
            warnings == [
                "query_positions has no effect: no tensor query is turned here",
                "positions has no effect: every tensor that is turned has positions of its own",
            ])
    }

    @Test func `positions have an axis for batches, and a number alone serves one row`() throws {
        var random = SplitMix64(seed: 7)
        let x = FileTensor.random("x", .float32, [2, 1, 2], &random)
        for (shape, numbers, json) in [
            ([2, 1], [3, 5], "[[3],[5]]"), ([1], [3], "[3]"), ([], [3], "[3]"),
        ] as [([Int], [Int64], String)] {
            let answer = exchange(
                "/rope/apply", [x, FileTensor("positions", .int64, shape, numbers.littleEndianBytes)])
            let twin = TensorExchange("/rope/apply", json: #"{"x":\#(x.json),"positions":\#(json)}"#)
            #expect(try answer.file["x"]?.bytes == twin.jsonBytes("y"), "\(shape)")
        }
    }

    @Test func `tensors are chosen by their names, and the others stay`() throws {
        var random = SplitMix64(seed: 8)
        let tensors = ["q", "k", "v"].map { FileTensor.random($0, .float32, [1, 2], &random) }
        let file = try exchange("/rope/apply?tensors=q,k&offset=3", tensors).file
        #expect(file["v"]?.bytes == tensors[2].bytes)
        for x in tensors.prefix(2) {
            let json = TensorExchange("/rope/apply", json: #"{"x":\#(x.json),"offset":3}"#)
            #expect(try file[x.name]?.bytes == json.jsonBytes("y"))
        }
    }

    @Test func `what tensors are turned with is said of each where it is not the same`() throws {
        let tensors = [
            FileTensor("q", .float32, [1, 2], Self.pair), FileTensor("k", .float32, [1, 4], Data(count: 16)),
        ]
        let metadata = try exchange("/rope/apply", tensors).file.metadata
        #expect(Set(metadata.keys) == ["rope.q", "rope.k"])
        let dimensions = try ["q", "k"].map { try JSON(Data(metadata["rope.\($0)", default: ""].utf8))["dim"].number }
        #expect(dimensions == [2, 4])
    }

    @Test func `one tensor goes into every format under its name there, without its positions`() throws {
        let tensors = [
            FileTensor("q", .float32, [1, 2], Self.pair),
            FileTensor("positions", .int64, [1], [Int64](arrayLiteral: 1).littleEndianBytes),
        ]
        let turned = [Float(0.5403023), 0.84147096].littleEndianBytes
        #expect(
            try NPYReader.read(exchange("/rope/apply", tensors, accept: TensorExchange.npy).response.body).bytes
                == turned)
        #expect(exchange("/rope/apply", tensors, accept: TensorExchange.raw).response.body == turned)
        let json = exchange("/rope/apply", tensors, accept: TensorExchange.json)
        #expect(
            json.response.body == TensorExchange("/rope/apply", json: #"{"x":[[1,0]],"positions":[1]}"#).response.body)
        let named = TensorExchange(
            "/rope/apply", json: #"{"x":[[1,0]],"positions":[1]}"#, accept: TensorExchange.safetensors)
        #expect(try named.file.tensors.map(\.name) == ["y"] && named.file["y"]?.bytes == turned)
    }

    @Test(arguments: [
        // The header.
        (safetensors(header: "{"), "malformed-tensor"), (safetensors(header: "[]"), "malformed-tensor"),
        (Data([1, 0, 0]), "malformed-tensor"),
        (Data([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), "malformed-tensor"),
        (Data([1, 0, 0x10, 0, 0, 0, 0, 0]) + Data(count: 1 << 21), "malformed-tensor"),
        (
            safetensors(
                header:
                    #"{"q":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"q":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
                Data(count: 8)),
            "malformed-tensor"
        ),
        (
            safetensors(header: #"{"q":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#, Data(count: 4)),
            "unknown-value q"
        ),
        (safetensors(header: #"{"q":{"dtype":"F32","data_offsets":[0,4]}}"#, Data(count: 4)), "malformed-tensor q"),
        // Sizes that are no truth, an overlap, a hole, and bytes that are no tensor's.
        (
            safetensors(header: #"{"q":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, Data(count: 4)),
            "malformed-tensor q"
        ),
        (
            safetensors(header: #"{"q":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, Data(count: 4)),
            "malformed-tensor q"
        ),
        (
            safetensors(header: #"{"q":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, Data(count: 12)),
            "malformed-tensor"
        ),
        (
            safetensors(
                header:
                    #"{"q":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"k":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
                Data(count: 12)),
            "malformed-tensor k"
        ),
        (
            safetensors(
                header:
                    #"{"q":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"k":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}"#,
                Data(count: 20)),
            "malformed-tensor k"
        ),
        (
            safetensors(
                header: #"{"q":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#, Data(count: 8)),
            "shape-mismatch q"
        ),
    ])
    func `a file that is none is refused by its tensor`(body: Data, summary: String) {
        #expect(TensorExchange("/rope/apply", body, TensorExchange.safetensors).summary == summary)
    }

    private static var q: FileTensor { FileTensor("q", .float32, [1, 2], pair) }
    private static let halves = FileTensor("h", .float16, [1, 2], Data([0, 0x3C, 0, 0]))

    @Test(
        arguments: [
            ("", [q, halves], nil, "200"), ("", [q, halves], TensorExchange.npy, "not-acceptable Accept"),
            ("", [q, halves], TensorExchange.json, "not-acceptable Accept"),
            ("", [q, FileTensor("i", .int8, [1], Data(count: 1))], TensorExchange.raw, "not-acceptable Accept"),
            ("", [], nil, "missing-field"), ("", [FileTensor("i", .int8, [1], Data(count: 1))], nil, "missing-field"),
            ("", [positions], nil, "missing-field"),
            ("", [q, FileTensor("s", .float32, [], Data(count: 4))], nil, "shape-mismatch s"),
            ("tensors=q", [q, FileTensor("s", .float32, [], Data(count: 4))], nil, "200"),
            ("", [q, FileTensor("s", .float32, [0, 2], Data())], nil, "empty-tensor s"),
            ("", [q, FileTensor("o", .float32, [1, 1], Data(count: 4))], nil, "odd-dimension o"),
            ("dtype=float32", [q], nil, "200"), ("dtype=float16", [q], nil, "contradiction dtype"),
            ("dtype=float32", [q, halves], nil, "contradiction dtype"),
            ("dtype=float32&tensors=q", [q, halves], nil, "200"),
            ("tensors=p", [q], nil, "unknown-value tensors"), ("tensors=", [q], nil, "unknown-value tensors"),
            ("tensors=positions", [q, positions], nil, "unknown-value tensors"),
            ("tensors=i", [q, FileTensor("i", .int8, [1], Data(count: 1))], nil, "unknown-value tensors"),
            ("positions=1", [q, positions], nil, "contradiction positions"),
            ("offset=1", [q, positions], nil, "contradiction offset"),
            ("", [q, positions], nil, "shape-mismatch positions"),
            ("", [q, FileTensor("positions", .float32, [1], Data(count: 4))], nil, "200"),
            ("", [q, FileTensor("positions", .bool, [1], Data(count: 1))], nil, "unknown-value positions"),
            ("", [q, FileTensor("positions", .complex64, [1], Data(count: 8))], nil, "unknown-value positions"),
            ("", [q, FileTensor("positions", .int64, [0], Data())], nil, "empty-tensor positions"),
            (
                "", [q, FileTensor("positions", .int64, [1], [Int64](arrayLiteral: .max).littleEndianBytes)], nil,
                "unknown-value positions"
            ),
            (
                "", [q, FileTensor("positions", .float64, [1], [Double](arrayLiteral: .nan).littleEndianBytes)], nil,
                "out-of-range positions [0]"
            ),
            (
                "",
                [
                    FileTensor("x", .float32, [2, 2], Data(count: 16)),
                    FileTensor("positions", .float64, [2], [0, 1e300].littleEndianBytes),
                ],
                nil, "out-of-range positions [1]"
            ),
            (
                "", [q, FileTensor("b", .bfloat16, [1, 2], [UInt16](arrayLiteral: 0x3F80, 0x7F80).littleEndianBytes)],
                nil,
                "not-finite b [0, 1]"
            ),
            (
                "offset=1",
                [FileTensor("h", .float16, [1, 2], [UInt16](arrayLiteral: 0x7BFF, 0x7BFF).littleEndianBytes)], nil,
                "result-overflow h [0, 1]"
            ),
            ("shape=1,2", [q], nil, "unknown-field shape"),
        ] as [(String, [FileTensor], String?, String)])
    func `what cannot be is refused by its place`(
        query: String, tensors: [FileTensor], accept: String?, summary: String
    ) {
        #expect(exchange("/rope/apply?\(query)", tensors, accept: accept).summary == summary)
    }

    @Test func `a name that is long is not sent back whole`() {
        let name = String(repeating: "n", count: 100_000)
        for tensor in [
            FileTensor(name, .float32, [1, 1], Data(count: 4)), FileTensor(name, .float32, [], Data(count: 4)),
            FileTensor(name, .float32, [1, 2], [Float](arrayLiteral: .nan, 0).littleEndianBytes),
        ] {
            for target in ["/rope/apply", "/attention", "/rope/apply?tensors=n", "/rope/apply?dtype=float64"] {
                let answer = exchange(target, [tensor])
                #expect(answer.response.status == 422 && answer.response.body.count < 1_000, "\(target)")
            }
        }
    }

    @Test func `limits are of all tensors together`() {
        var configuration = Service.Configuration()
        configuration.limits.maxAnswerElements = 3
        let service = Service(configuration, logger: .silent)
        func summary(_ tensors: [FileTensor]) -> String {
            TensorExchange("/rope/apply", safetensors(tensors), TensorExchange.safetensors, by: service).summary
        }
        #expect(summary([Self.q]) == "200" && summary([Self.q, Self.halves]) == "answer-too-large")
        configuration.limits.maxBufferedBytes = 20_000
        let small = Service(configuration, logger: .silent)
        let positions = FileTensor("positions", .int64, [1_000], Data(count: 8_000))
        #expect(
            TensorExchange("/rope/apply", safetensors([Self.q, positions]), TensorExchange.safetensors, by: small)
                .summary
                == "answer-too-large")
    }
}
