import FoundationEssentials
import TensorCoding
import TestSupport
import Testing

@testable import RopewalkService

/// Positions in all their types, and one list of them for all batches.
@Suite struct PositionTensorTests {
    private static var x: FileTensor {
        var random = SplitMix64(seed: 24)
        return .random("x", .float32, [3, 2, 4], &random)
    }

    private func apply(_ positions: FileTensor) throws -> Data? {
        let tensors = safetensors([Self.x, positions])
        return try TensorExchange("/rope/apply", tensors, TensorExchange.safetensors).file["x"]?.bytes
    }

    private func json(_ positions: String) throws -> Data {
        try TensorExchange("/rope/apply", json: #"{"x":\#(Self.x.json),"positions":\#(positions)}"#).jsonBytes("y")
    }

    /// 5 and 2 in each type.
    private static let types: [(StoredType, Data)] = [
        (.int8, [Int8](arrayLiteral: 5, 2).littleEndianBytes), (.uint8, [UInt8](arrayLiteral: 5, 2).littleEndianBytes),
        (.int16, [Int16](arrayLiteral: 5, 2).littleEndianBytes),
        (.uint16, [UInt16](arrayLiteral: 5, 2).littleEndianBytes),
        (.int32, [Int32](arrayLiteral: 5, 2).littleEndianBytes),
        (.uint32, [UInt32](arrayLiteral: 5, 2).littleEndianBytes),
        (.int64, [Int64](arrayLiteral: 5, 2).littleEndianBytes),
        (.uint64, [UInt64](arrayLiteral: 5, 2).littleEndianBytes),
        (.float16, [Float16(5).bitPattern, Float16(2).bitPattern].littleEndianBytes),
        (.bfloat16, [nearestBFloat16(5), nearestBFloat16(2)].littleEndianBytes),
        (.float32, [Float](arrayLiteral: 5, 2).littleEndianBytes), (.float64, [5.0, 2.0].littleEndianBytes),
    ]

    @Test func `positions of every type turn rows alike, with and without an axis of 1`() throws {
        let expected = try json("[5,2]")
        for (type, bytes) in Self.types {
            for shape in [[2], [1, 2]] {
                #expect(try apply(FileTensor("positions", type, shape, bytes)) == expected, "\(type) \(shape)")
            }
        }
    }

    @Test func `in JSON a list in a list of its own serves every batch`() throws {
        let expected = try json("[5,2]")
        #expect(try json("[[5,2]]") == expected)
        #expect(try json("[[5,2],[5,2],[5,2]]") == expected)
        let refused = TensorExchange(
            "/rope/apply", json: #"{"x":\#(Self.x.json),"positions":[[5,2],[5,2]]}"#)
        #expect(refused.summary == "shape-mismatch /positions")
        let long = TensorExchange("/rope/apply", json: #"{"x":\#(Self.x.json),"positions":[[5,2,1]]}"#)
        #expect(long.summary == "shape-mismatch /positions/0")
        let far = TensorExchange("/rope/apply", json: #"{"x":\#(Self.x.json),"positions":[[5,1e17]]}"#)
        #expect(far.summary == "out-of-range /positions/0/1")
    }

    @Test func `distances of a shift do the same`() throws {
        let answers = ["[5,2]", "[[5,2]]"].map {
            TensorExchange("/rope/shift", json: #"{"x":\#(Self.x.json),"by":\#($0)}"#)
        }
        #expect(try answers[0].jsonBytes("y") == answers[1].jsonBytes("y"))
    }

    @Test func `with several axes each has one list for all batches`() throws {
        var random = SplitMix64(seed: 27)
        let x = FileTensor.random("x", .float32, [3, 2, 6], &random)
        func json(_ positions: String) throws -> Data {
            let fields = #""positions":\#(positions),"scaling":{"mrope_section":[1,1,1]}"#
            return try TensorExchange("/rope/apply", json: #"{"x":\#(x.json),\#(fields)}"#).jsonBytes("y")
        }
        func three(_ list: String) -> String { "[\(list),\(list),\(list)]" }
        let expected = try json("[\(three("[5,2]")),\(three("[1,7]")),\(three("[0,9]"))]")
        #expect(try json("[[[5,2]],[[1,7]],[[0,9]]]") == expected)
        #expect(try json("[[5,2],[1,7],[0,9]]") == expected)
        let numbers = [Int32](arrayLiteral: 5, 2, 1, 7, 0, 9).littleEndianBytes
        let file = TensorExchange(
            "/rope/apply?mrope_section=1,1,1", safetensors([x, FileTensor("positions", .int32, [3, 1, 2], numbers)]),
            TensorExchange.safetensors)
        #expect(try file.file["x"]?.bytes == expected)
    }

    @Test(arguments: [("[[8,9]]", "[[7,8,9]]"), ("[[8,9]]", "[7,8,9]"), ("[8,9]", "[[7,8,9],[7,8,9]]")])
    func `queries and keys of an attention have one list for all batches`(queries: String, keys: String) throws {
        var random = SplitMix64(seed: 25)
        let tensors = [("query", 2), ("key", 3), ("value", 3)].map {
            FileTensor.random($0.0, .float32, [2, 1, $0.1, 4], &random)
        }
        let operands = tensors.map { #""\#($0.name)":\#($0.json)"# }.joined(separator: ",")
        func output(_ queries: String, _ keys: String) throws -> Data {
            try TensorExchange(
                "/attention",
                json: #"{\#(operands),"causal":true,"query_positions":\#(queries),"key_positions":\#(keys)}"#
            ).jsonBytes("output")
        }
        let expected = try output("[[8,9],[8,9]]", "[[7,8,9],[7,8,9]]")
        #expect(try output(queries, keys) == expected)
        let positions = [
            FileTensor("query_positions", .int16, [1, 2], [Int16](arrayLiteral: 8, 9).littleEndianBytes),
            FileTensor("key_positions", .uint32, [1, 3], [UInt32](arrayLiteral: 7, 8, 9).littleEndianBytes),
        ]
        let file = TensorExchange(
            "/attention?causal=true", safetensors(tensors + positions), TensorExchange.safetensors)
        #expect(try file.file["output"]?.bytes == expected)
    }

    @Test(
        arguments: [
            (StoredType.bfloat16, [nearestBFloat16(256), nearestBFloat16(258)].littleEndianBytes, "beyond 256"),
            (.float16, [Float16(2048).bitPattern, Float16(-2050).bitPattern].littleEndianBytes, "beyond 2048"),
            (.float32, [Float(0), 16_777_218].littleEndianBytes, "beyond 16777216"),
            (.float32, [Float(0), 16_777_216].littleEndianBytes, nil), (.float64, [0, 1e15].littleEndianBytes, nil),
            (.int64, [Int64](arrayLiteral: 0, 1 << 50).littleEndianBytes, nil),
        ] as [(StoredType, Data, String?)])
    func `positions that a type cannot tell apart are warned of`(type: StoredType, bytes: Data, part: String?) throws {
        let file = try TensorExchange(
            "/rope/apply", safetensors([Self.x, FileTensor("positions", type, [2], bytes)]), TensorExchange.safetensors
        ).file
        #expect(file.metadata["warnings"].map { $0.contains(part ?? "nothing") } == part.map { _ in true })
        let operands = ["query", "key", "value"].map { FileTensor($0, .float32, [2, 2], Data(count: 16)) }
        let attention = try TensorExchange(
            "/attention", safetensors(operands + [FileTensor("key_positions", type, [2], bytes)]),
            TensorExchange.safetensors
        ).file
        #expect(attention.metadata["warnings"].map { $0.contains(part ?? "nothing") } == part.map { _ in true })
    }

    @Test(arguments: [
        (StoredType.uint64, [UInt64.max].littleEndianBytes, "unknown-value positions"),
        (.uint64, [UInt64(1) << 54].littleEndianBytes, "out-of-range positions [0]"),
        (.int64, [Int64.min].littleEndianBytes, "out-of-range positions [0]"),
        (.float32, [Float.infinity].littleEndianBytes, "out-of-range positions [0]"),
        (.float16, [UInt16(0x7E00)].littleEndianBytes, "out-of-range positions [0]"),
        (.bfloat16, [UInt16(0x7F00)].littleEndianBytes, "out-of-range positions [0]"),
    ])
    func `positions out of bounds are refused, of every type`(type: StoredType, bytes: Data, summary: String) {
        let tensors = [
            FileTensor("x", .float32, [1, 2], Data(count: 8)), FileTensor("positions", type, [1], bytes),
        ]
        #expect(
            TensorExchange("/rope/apply", safetensors(tensors), TensorExchange.safetensors).summary == summary)
    }

    @Test func `small types count as the numbers that they are read as`() {
        var configuration = Service.Configuration()
        configuration.limits.maxBufferedBytes = 20_000
        let positions = FileTensor("positions", .uint8, [1_000], Data(count: 1_000))
        let tensors = [FileTensor("q", .float32, [1, 2], Data(count: 8)), positions]
        let service = Service(configuration, logger: .silent)
        #expect(
            TensorExchange("/rope/apply", safetensors(tensors), TensorExchange.safetensors, by: service).summary
                == "answer-too-large")
    }
}
