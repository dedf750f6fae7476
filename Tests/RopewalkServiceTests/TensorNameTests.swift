import FoundationEssentials
import TensorCoding
import Testing

@testable import RopewalkService

/// Tensors of a safetensors file that look like fields and are none, so that an answer without them would be another than is meant.
@Suite struct TensorNameTests {
    private static let q = FileTensor("q", .float32, [1, 2], Data([0, 0, 0x80, 0x3F, 0, 0, 0, 0]))

    private func exchange(_ target: String, _ tensors: [FileTensor]) -> TensorExchange {
        TensorExchange(target, safetensors(tensors), TensorExchange.safetensors)
    }

    private func integers(_ name: String, _ type: StoredType = .int64) -> FileTensor {
        FileTensor(name, type, [1], Data(count: type.bits / 8))
    }

    @Test(
        arguments: [
            "position_ids", "position_id", "Position_IDs", "positionIds", "position", "Positions", "postions",
            "positons",
            "pos", "pos_ids", "POS", "cache_position", "input_pos", "token_positions", "row_positions",
        ], [StoredType.int64, .int32, .uint8, .bool, .float32, .float64, .float16])
    func `what looks like positions is refused, of whatever type`(name: String, type: StoredType) throws {
        let answer = exchange("/rope/apply", [Self.q, integers(name, type)])
        #expect(answer.summary == "unknown-field \(name)" && answer.response.status == 422)
        #expect(try ProblemDocument(answer.response.body).detail.contains("did you mean positions?"))
    }

    @Test(arguments: [
        ("query_position", "query_positions"), ("q_positions", "query_positions"),
        ("query_position_ids", "query_positions"), ("k_pos", "key_positions"), ("kv_positions", "key_positions"),
        ("key_postions", "key_positions"), ("start_pos", "the key offset of the query"),
    ])
    func `the field that is meant is named`(name: String, field: String) throws {
        let problem = try ProblemDocument(exchange("/rope/apply", [Self.q, integers(name)]).response.body)
        #expect(problem.detail.contains("did you mean \(field)?"))
    }

    @Test(arguments: [
        "ids", "input_ids", "labels", "g_idx", "flag", "post", "purpose", "opposition", "start_positions",
        "end_positions",
        "bert.embeddings.position_ids", "qzeros", "type_ids", "token_type_ids", "v", "",
    ])
    func `what is not floating and looks like no field comes back as it came`(name: String) throws {
        let tensor = FileTensor(name, .int64, [1], Data([7, 0, 0, 0, 0, 0, 0, 1]))
        for target in ["/rope/apply", "/rope/shift?by=1", "/rope/convert?from=half&to=interleaved"] {
            let answer = exchange(target, [Self.q, tensor])
            #expect(answer.summary == "200", "\(target)")
            #expect(try answer.file[name]?.bytes == tensor.bytes)
        }
    }

    @Test func `a floating tensor that is named is rotated, whatever its name`() throws {
        let named = FileTensor("pos", .float32, [1, 2], Self.q.bytes)
        #expect(exchange("/rope/apply?offset=1", [Self.q, named]).summary == "unknown-field pos")
        #expect(exchange("/rope/apply?offset=1&tensors=q", [Self.q, named]).summary == "unknown-field pos")
        let file = try exchange("/rope/apply?offset=1&tensors=pos", [Self.q, named]).file
        #expect(file["pos"]?.bytes == [Float(0.5403023), 0.84147096].littleEndianBytes)
        #expect(file["q"]?.bytes == Self.q.bytes)
    }

    @Test(arguments: [
        ("/rope/shift?by=1", "positions", "contradiction"), ("/rope/shift?by=1", "key_positions", "unknown-field"),
        ("/rope/shift?by=1", "position_ids", "unknown-field"),
        ("/rope/convert?from=half&to=interleaved", "positions", "unknown-field"),
        ("/rope/convert?from=half&to=interleaved", "position_ids", "unknown-field"),
    ])
    func `where positions have no meaning they are refused, as in JSON`(target: String, name: String, kind: String)
        throws
    {
        let answer = exchange(target, [Self.q, integers(name)])
        #expect(answer.summary == "\(kind) \(name)")
        #expect(try ProblemDocument(answer.response.body).detail.contains("did you mean") == false)
    }

    @Test(arguments: [
        ("/rope/apply", "offset", StoredType.int64, "key of the query, as in ?offset="),
        ("/rope/apply", "Offset", .int32, "?offset="), ("/rope/apply", "seq_len", .int64, "?seq_len="),
        ("/rope/apply", "rotary_dim", .uint8, "?rotary_dim="), ("/rope/shift?by=1", "by", .int64, "?by="),
        ("/rope/convert?from=half&to=interleaved", "heads", .int64, "?heads="),
        ("/rope/apply", "cos", .float32, "field of a JSON body"), ("/rope/apply", "inv_freq", .float64, "JSON body"),
        ("/rope/shift?by=1", "sin", .float16, "field of a JSON body"),
    ])
    func `a field that no tensor can be is refused with where it goes`(
        target: String, name: String, type: StoredType, part: String
    ) throws {
        let answer = exchange(target, [Self.q, integers(name, type)])
        #expect(answer.summary == "unknown-field \(name)")
        #expect(try ProblemDocument(answer.response.body).detail.contains(part))
    }

    @Test(
        arguments: [
            ("offsets", "offset"), ("off_set", "offset"), ("Offsets", "offset"), ("past_length", "offset"),
            ("seq_lens", "seq_len"), ("seqlen", "seq_len"), ("scale", "factor"), ("theta", "base"),
            ("rotary_dims", "rotary_dim"), ("inverses", "inverse"), ("rope_thetas", "rope_theta"),
        ], [StoredType.int64, .int32, .uint8, .bool])
    func `whole numbers under a name like a key of the query are refused, as in JSON`(
        _ names: (given: String, meant: String), type: StoredType
    ) throws {
        let answer = exchange("/rope/apply", [Self.q, integers(names.given, type)])
        #expect(answer.summary == "unknown-field \(names.given)" && answer.response.status == 422)
        let detail = try ProblemDocument(answer.response.body).detail
        #expect(detail.contains("did you mean \(names.meant)? It is a key of the query, as in ?\(names.meant)="))
    }

    @Test func `an x of whole numbers next to a tensor to rotate is refused`() throws {
        let answer = exchange("/rope/apply", [Self.q, integers("x")])
        #expect(answer.summary == "unknown-field x")
        #expect(try ProblemDocument(answer.response.body).detail.contains("F16, BF16, F32 and F64 are computed on"))
        #expect(exchange("/rope/shift?by=1", [Self.q, integers("bys")]).summary == "unknown-field bys")
        #expect(exchange("/rope/shift?by=1", [Self.q, integers("key"), integers("bias")]).summary == "200")
    }

    @Test(arguments: ["model.position_ids", "bert.embeddings.position_ids"])
    func `positions under the name of a module are warned of, and where rows were rotated from`(name: String) throws {
        let rotated = ", and rows were rotated from position 0 on: a tensor of positions is called positions"
        for (target, others, isSaid) in [
            ("/rope/apply", [], true), ("/rope/apply?offset=0", [], false),
            ("/rope/apply", [integers("positions")], false), ("/rope/shift?by=1", [], false),
        ] as [(String, [FileTensor], Bool)] {
            let file = try exchange(target, [Self.q, integers(name)] + others).file
            let warnings = try #require(file.metadata["warnings"])
            #expect(warnings.contains("tensor \(name) is answered as it came"))
            #expect(warnings.contains(rotated) == isSaid, "\(target)")
        }
    }

    @Test func `all that are refused are named, up to a bound`() throws {
        let few = try ProblemDocument(
            exchange("/rope/apply", [Self.q, integers("pos"), integers("offset"), integers("ids")]).response.body)
        #expect(few.errors?.compactMap(\.tensor) == ["pos", "offset"])
        let names = (0..<30).map { "pos_id\(String(repeating: "_", count: $0))" }
        for target in ["/rope/apply", "/attention"] {
            let many = try ProblemDocument(exchange(target, [Self.q] + names.map { integers($0) }).response.body)
            #expect(many.errors?.count == 16)
        }
    }

    @Test(arguments: ["attention_mask", "attn_mask", "mask", "start_positions"])
    func `what is a field elsewhere takes no part, and the answer says so`(name: String) throws {
        let file = try exchange("/rope/apply", [Self.q, integers(name, .bool)]).file
        #expect(try #require(file.metadata["warnings"]).contains("tensor \(name) is answered as it came"))
    }

    @Test(arguments: [
        ("position_ids", "did you mean query_positions?"), ("k_positions", "did you mean key_positions?"),
        ("attention_mask", "did you mean mask?"), ("q", "did you mean query?"), ("k", "did you mean key?"),
        ("scale", "scale is a key of the query"), ("causal", "causal is a key of the query"),
        ("input_ids", "known are query, key, value, mask, query_positions, key_positions"),
    ])
    func `an attention refuses every tensor that it does not have`(name: String, part: String) throws {
        let tensors = ["query", "key", "value"].map { FileTensor($0, .float32, [1, 2], Data(count: 8)) }
        for type in [StoredType.int64, .float32, .bool] {
            let answer = exchange("/attention", tensors + [integers(name, type)])
            #expect(answer.summary == "unknown-field \(name)")
            #expect(try ProblemDocument(answer.response.body).detail.contains(part))
        }
    }
}
