import FoundationEssentials
import PositionalEncoding
import TensorCoding
import TestSupport
import Testing

@testable import RopewalkService

/// `application/vnd.safetensors` in and out of /attention.
@Suite struct AttentionTensorTests {
    /// Two heads of queries that share one of keys, 2 queries and 3 keys.
    private static func operands(_ type: FloatType) -> [FileTensor] {
        var random = SplitMix64(seed: 9)
        return [
            .random("query", type, [1, 2, 2, 4], &random), .random("key", type, [1, 1, 3, 4], &random),
            .random("value", type, [1, 1, 3, 2], &random),
        ]
    }

    private static func json(_ tensors: [FileTensor]) -> String {
        tensors.map { #""\#($0.name)":\#($0.json)"# }.joined(separator: ",")
    }

    private func exchange(_ query: String, _ tensors: [FileTensor], accept: String? = nil) -> TensorExchange {
        TensorExchange("/attention?\(query)", safetensors(tensors), TensorExchange.safetensors, accept: accept)
    }

    private static let booleans = FileTensor("mask", .bool, [2, 3], Data([1, 0, 1, 0, 0, 0]))

    /// The same mask as numbers: −∞ where it is false.
    private static func infinities(_ type: FloatType) -> FileTensor {
        let numbers = booleans.bytes.map { $0 == 0 ? -Float.infinity : 0 }
        switch type {
        case .float16:
            return FileTensor("mask", .float16, [2, 3], numbers.map { Float16($0).bitPattern }.littleEndianBytes)
        case .bfloat16:
            return FileTensor("mask", .bfloat16, [2, 3], numbers.map { UInt16($0.bitPattern >> 16) }.littleEndianBytes)
        case .float32: return FileTensor("mask", .float32, [2, 3], numbers.littleEndianBytes)
        case .float64: return FileTensor("mask", .float64, [2, 3], numbers.map(Double.init).littleEndianBytes)
        }
    }

    @Test(arguments: FloatType.allCases)
    func `output and weights have the bits of those in JSON, rounded once where they are of a half`(type: FloatType)
        throws
    {
        let tensors = Self.operands(type)
        let positions = [
            FileTensor("query_positions", .int64, [2], [Int64](arrayLiteral: 5, 9).littleEndianBytes),
            FileTensor("key_positions", .float64, [3], [1.5, 6, 9].littleEndianBytes),
        ]
        let query = "causal=true&return_weights=true&scale=0.75&layout=half"
        let answer = exchange(query, tensors + positions)
        let fields =
            #""dtype":"\#(tensors[0].dtype)","query_positions":[5,9],"key_positions":[1.5,6,9],"causal":true,"return_weights":true,"scale":0.75,"layout":"half""#
        let json = TensorExchange("/attention", json: "{\(Self.json(tensors)),\(fields)}")
        #expect(answer.summary == "200" && json.summary == "200" && answer.type == TensorExchange.safetensors)
        let file = try answer.file
        #expect(Set(file.tensors.map(\.name)) == ["output", "weights"])
        for (name, shape) in [("output", [1, 2, 2, 2]), ("weights", [1, 2, 2, 3])] {
            #expect(try file[name]?.bytes == rounded(json.jsonBytes(name), to: type.stored), "\(name)")
            #expect(file[name]?.form == (try StoredShape(type.stored, shape)))
        }
        #expect(try file.metadata["rope"].map { try JSON(Data($0.utf8)) } == JSON(json.response.body)["rope"])
        // JSON has the same numbers, rounded as well.
        let inJSON = try JSON(exchange(query, tensors + positions, accept: TensorExchange.json).response.body)
        let widened = FileTensor("", type.stored, [], try #require(file["output"]).bytes).widened
        let numbers =
            type == .float64 ? widened.bytes.elements(Double.self) : widened.bytes.elements(Float.self).map(Double.init)
        let answered = inJSON["output"].elements.flatMap(\.elements).flatMap(\.elements).flatMap(\.elements)
        #expect(answered.compactMap(\.number).map { type == .float64 ? $0 : Double(Float($0)) } == numbers)
    }

    @Test(arguments: FloatType.allCases)
    func `a mask of booleans and one of infinities hide the same, and a query that sees nothing gets zeros`(
        type: FloatType
    ) throws {
        let tensors = Self.operands(type)
        let json = TensorExchange(
            "/attention",
            json:
                #"{\#(Self.json(tensors)),"dtype":"\#(tensors[0].dtype)","mask":[[true,false,true],[false,false,false]]}"#
        )
        let expected = try rounded(json.jsonBytes("output"), to: type.stored)
        for mask in [Self.booleans] + FloatType.allCases.map(Self.infinities) {
            let output = try #require(try exchange("", tensors + [mask]).file["output"])
            #expect(output.bytes == expected, "\(mask.type)")
        }
        // Of each head the second query.
        let row = 2 * type.stored.bits / 8
        #expect(expected.dropFirst(row).prefix(row).allSatisfy { $0 == 0 })
    }

    @Test func `numbers of a mask are added to the scores`() throws {
        let tensors = Self.operands(.float32)
        let mask = [Float](arrayLiteral: 0.5, -1, 2).littleEndianBytes
        let json = TensorExchange("/attention", json: #"{\#(Self.json(tensors)),"mask":[0.5,-1,2]}"#)
        let answer = exchange("", tensors + [FileTensor("mask", .float32, [3], mask)])
        #expect(try answer.file["output"]?.bytes == json.jsonBytes("output"))
        let ones = exchange(
            "", tensors + [FileTensor("mask", .float32, [3], [Float](arrayLiteral: 0, 1, 1).littleEndianBytes)])
        #expect(try ones.text("warnings")?.contains("mask holds only the numbers 0 and 1") == true)
    }

    @Test func `what a hidden key or its value holds does not matter, and what is seen must be finite`() throws {
        let tensors = Self.operands(.float32)
        func with(_ number: Float, at element: Int, of operand: Int) -> [FileTensor] {
            let x = tensors[operand]
            var numbers = x.bytes.elements(Float.self)
            numbers[element] = number
            var changed = tensors
            changed[operand] = FileTensor(x.name, x.type, x.shape, numbers.littleEndianBytes)
            return changed
        }
        let expected = try #require(try exchange("", tensors + [Self.booleans]).file["output"]).bytes
        for number in [Float.nan, .infinity, -.infinity] {
            // The second key is hidden from all, and the second query sees none.
            for (element, operand) in [(4, 1), (7, 1), (2, 2), (3, 2), (4, 0), (15, 0)] {
                let answer = exchange("", with(number, at: element, of: operand) + [Self.booleans])
                #expect(try answer.file["output"]?.bytes == expected, "\(number) \(element) \(operand)")
            }
            // A key of infinities alone would weigh nothing, and not be noticed.
            for query in ["", "rotate=false"] {
                for (element, operand, place) in [
                    (3, 1, "key [0, 0, 0, 3]"), (9, 1, "key [0, 0, 2, 1]"), (1, 2, "value [0, 0, 0, 1]"),
                    (0, 0, "query [0, 0, 0, 0]"), (8, 0, "query [0, 1, 0, 0]"),
                ] {
                    let answer = exchange(query, with(number, at: element, of: operand) + [Self.booleans])
                    #expect(answer.summary == "not-finite \(place)", "\(number)")
                }
            }
        }
    }

    private static let one = [
        FileTensor("query", .float32, [1, 2], Data(count: 8)), FileTensor("key", .float32, [1, 2], Data(count: 8)),
        FileTensor("value", .float32, [1, 1], Data(count: 4)),
    ]

    @Test(
        arguments: [
            ("", one, "200"), ("", Array(one.dropLast()), "missing-field value"),
            ("", one + [FileTensor("bias", .float32, [1], Data(count: 4))], "unknown-field bias"),
            ("", one + [FileTensor("positions", .int64, [1], Data(count: 8))], "unknown-field positions"),
            ("", one.dropLast() + [FileTensor("value", .float64, [1, 1], Data(count: 8))], "wrong-type value"),
            ("", one.dropLast() + [FileTensor("value", .int32, [1, 1], Data(count: 4))], "wrong-type value"),
            ("", one.dropLast() + [FileTensor("value", .float32, [], Data(count: 4))], "shape-mismatch value"),
            ("", one.dropLast() + [FileTensor("value", .float32, [2, 1], Data(count: 8))], "shape-mismatch value"),
            ("", one.dropLast() + [FileTensor("value", .float32, [0, 1], Data())], "empty-tensor value"),
            ("dtype=float16", one, "contradiction dtype"), ("dtype=float32", one, "200"),
            ("tensors=query", one, "unknown-field tensors"), ("query=1", one, "unknown-field query"),
            ("rotate=false&base=3", one, "contradiction base"), ("scale=1e39", one, "number-overflow scale"),
            ("", one + [FileTensor("mask", .bool, [2], Data(count: 2))], "shape-mismatch mask"),
            ("", one + [FileTensor("mask", .int64, [1], Data(count: 8))], "unknown-value mask"),
            ("", one + [FileTensor("mask", .bool, [], Data(count: 1))], "shape-mismatch mask"),
            ("", one + [FileTensor("mask", .bool, [0], Data())], "empty-tensor mask"),
            ("", one + [FileTensor("mask", .float32, [1], [Float.nan].littleEndianBytes)], "not-finite mask [0]"),
            (
                "", one + [FileTensor("mask", .float32, [1, 1], [Float.infinity].littleEndianBytes)],
                "not-finite mask [0, 0]"
            ),
            ("", one + [FileTensor("mask", .float64, [1], [-1e300].littleEndianBytes)], "number-overflow mask [0]"),
            ("", one + [FileTensor("mask", .float64, [1], [-Double.infinity].littleEndianBytes)], "200"),
            ("", one + [FileTensor("query_positions", .int64, [2], Data(count: 16))], "shape-mismatch query_positions"),
            ("", one + [FileTensor("key_positions", .float32, [1], Data(count: 4))], "200"),
            ("", one + [FileTensor("key_positions", .bool, [1], Data(count: 1))], "unknown-value key_positions"),
            (
                "query_positions=1", one + [FileTensor("query_positions", .int64, [1], Data(count: 8))],
                "contradiction query_positions"
            ),
        ] as [(String, [FileTensor], String)])
    func `what cannot be is refused by its place`(query: String, tensors: [FileTensor], summary: String) {
        #expect(exchange(query, tensors).summary == summary)
    }

    @Test func `limits hold before a tensor is converted`() {
        var configuration = Service.Configuration()
        configuration.limits.maxMultiplyAdds = 2
        func summary(_ query: String = "") -> String {
            TensorExchange(
                "/attention?\(query)", safetensors(Self.one), TensorExchange.safetensors,
                by: Service(configuration, logger: .silent)
            ).summary
        }
        #expect(summary() == "too-much-work")
        configuration.limits.maxMultiplyAdds = 3
        configuration.limits.maxAnswerElements = 1
        #expect(summary() == "200" && summary("return_weights=true") == "answer-too-large")
    }

    @Test func `an answer that overflows is named by its element`() {
        let large = [Float16.greatestFiniteMagnitude.bitPattern, Float16.greatestFiniteMagnitude.bitPattern]
            .littleEndianBytes
        let tensors = [
            FileTensor("query", .float16, [1, 2], large), FileTensor("key", .float16, [1, 2], large),
            FileTensor("value", .float16, [1, 1], Data(large.prefix(2))),
        ]
        // Scores are of float32, which has room; values are weighted by one.
        #expect(exchange("", tensors).summary == "200")
        let wide = [Float.greatestFiniteMagnitude, .greatestFiniteMagnitude].littleEndianBytes
        let overflowing = [
            FileTensor("query", .float32, [1, 2], wide), FileTensor("key", .float32, [1, 2], wide),
            FileTensor("value", .float32, [1, 1], Data(wide.prefix(4))),
        ]
        #expect(exchange("", overflowing).summary == "result-overflow output [0, 0]")
    }

    @Test(arguments: [
        ("", nil, TensorExchange.safetensors), ("", TensorExchange.json, TensorExchange.json),
        ("", TensorExchange.npy, TensorExchange.npy), ("", TensorExchange.raw, TensorExchange.raw),
        ("return_weights=true", nil, TensorExchange.safetensors),
        ("return_weights=true", TensorExchange.json, TensorExchange.json),
        ("return_weights=true", "\(TensorExchange.npy), \(TensorExchange.json);q=0.1", TensorExchange.json),
        ("return_weights=true", TensorExchange.npy, "application/problem+json"),
        ("return_weights=true", TensorExchange.raw, "application/problem+json"),
    ])
    func `several tensors go where there are names for them`(query: String, accept: String?, type: String) {
        let answer = exchange(query, Self.one, accept: accept)
        #expect(answer.type == type)
        #expect(type != "application/problem+json" || answer.summary == "not-acceptable Accept")
    }

    @Test func `JSON in and safetensors out has the names of the fields`() throws {
        let body = #"{"query":[[1,0]],"key":[[1,0],[0,1]],"value":[[1,2],[3,4]],"return_weights":true}"#
        let file = try TensorExchange("/attention", json: body, accept: TensorExchange.safetensors).file
        #expect(file["output"]?.bytes == [Float(1.8112645), 2.8112645].littleEndianBytes)
        #expect(file["weights"]?.bytes == [Float(0.5943678), 0.4056322].littleEndianBytes)
        let json = TensorExchange("/attention", json: body)
        #expect(json.type == TensorExchange.json && json.response.headers["Vary"] == "Accept")
    }
}
