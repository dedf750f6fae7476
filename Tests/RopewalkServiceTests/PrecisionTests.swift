import FoundationEssentials
import Glibc
import TensorCoding
import TestSupport
import Testing

/// `precision` against a slow twin of Hugging Face's float32 arithmetic.
@Suite struct PrecisionTests {
    private static let positions = [0, 1, 4_095, 131_071, 1_000_000]

    private func ladder(_ precision: String, dim: Int, base: Int) throws -> JSON {
        let positions = Self.positions.map(String.init).joined(separator: ",")
        let response = try LiveService().get(
            "/frequencies?dim=\(dim)&base=\(base)&positions=\(positions)&precision=\(precision)")
        try #require(response.status == 200, "\(response.text)")
        return try JSON(response.json)
    }

    private func numbers(_ table: JSON) -> [[Double]] {
        table.elements.map { $0.elements.compactMap(\.number) }
    }

    // Fewer pairs than PyTorch's vectorized loops take at once, so that the powers are libm's, as in the twin.
    @Test(arguments: [10_000, 500_000])
    func `float32 is a float32 product of position and inverse frequency, and its float32 cosine and sine`(base: Int)
        throws
    {
        let dim = 30
        let ladder = try ladder("float32", dim: dim, base: base)
        let frequencies = (0..<dim / 2).map { 1 / powf(Float(base), Float(2 * $0) / Float(dim)) }
        #expect(ladder["inv_freq"].elements.compactMap(\.number) == frequencies.map(Double.init))
        let angles = Self.positions.map { position in frequencies.map { Float(position) * $0 } }
        #expect(numbers(ladder["cos"]) == angles.map { $0.map { Double(Float(cos(Double($0)))) } })
        #expect(numbers(ladder["sin"]) == angles.map { $0.map { Double(Float(sin(Double($0)))) } })
        #expect(ladder["rope"]["precision"] == .string("float32"))
    }

    /// What the README says of the difference, for dim 128: with one digit more, and no more than that.
    @Test(arguments: [
        (10_000, [1.36e-4, 4.15e-3, 5.16e-2]), (500_000, [1.97e-4, 3.66e-3, 3.65e-2]),
    ])
    func `the difference of both precisions is what the README says`(base: Int, expected: [Double]) throws {
        let exact = try ladder("float64", dim: 128, base: base)
        let rounded = try ladder("float32", dim: 128, base: base)
        for (row, expected) in zip(2..., expected) {
            let differences = ["cos", "sin"].flatMap { name in
                zip(numbers(exact[name])[row], numbers(rounded[name])[row]).map { abs($0 - $1) }
            }
            let largest = try #require(differences.max())
            let digit = pow(10, log10(expected).rounded(.down) - 2)
            #expect((largest / digit).rounded() == (expected / digit).rounded(), "\(largest)")
        }
    }

    @Test func `float64 is the default, and is not named in the answer`() throws {
        let service = try LiveService()
        let body = #"{"x":[[1,2,3,4]],"positions":[100003]"#
        let standard = try service.apply(body + "}").text
        #expect(try service.apply(body + #","precision":"float64"}"#).text == standard)
        #expect(!standard.contains("precision"))
        #expect(try service.apply(body + #","precision":"float32"}"#).text != standard)
    }

    /// The slow pair's frequency is float32's nearest to 1/100, and position · frequency is rounded to float32.
    @Test(arguments: ["float32", "float64"])
    func `a tensor is turned by float32 angles, whatever its dtype`(dtype: String) throws {
        let response = try LiveService().apply(
            #"{"x":[[1,0,1,0]],"positions":[100003],"precision":"float32","dtype":"\#(dtype)"}"#)
        let angles = [Float(100_003), Float(100_003) * (1 / powf(10_000, 0.5))].map(Double.init)
        let expected = angles.flatMap { [Float(cos($0)), Float(sin($0))] }
        let found = try JSON(response.json)["y"].elements[0].elements.compactMap(\.number)
        #expect(found.map { Float($0) } == expected)
        if dtype == "float64" { #expect(found == expected.map(Double.init)) }
    }

    @Test func `attention takes a precision`() throws {
        let service = try LiveService()
        let body =
            #"{"query":[[1,0,1,0]],"key":[[1,0,1,0],[0,1,0,1]],"value":[[1],[2]],"key_positions":[3,100003],"dtype":"float64""#
        let standard = try JSON(service.post("/attention", body + "}").json)
        let rounded = try JSON(service.post("/attention", body + #","precision":"float32"}"#).json)
        #expect(standard["output"] != rounded["output"])
        #expect(rounded["rope"]["precision"] == .string("float32"))
    }

    @Test(
        arguments: [
            ("", StoredType.bfloat16, nil), ("precision=float64", .bfloat16, nil), ("precision=float32", .float32, nil),
            ("precision=float32", .float64, nil), ("precision=float32", .bfloat16, "a model in bfloat16 also rounds"),
            ("precision=float32", .float16, "a model in float16 also rounds"),
        ] as [(String, StoredType, String?)])
    func `float32 angles of halves are answered with what is not rounded`(
        query: String, type: StoredType, part: String?
    ) throws {
        let bytes = Data(count: 2 * type.bits / 8)
        let tensors = safetensors(["x", "z"].map { FileTensor($0, type, [1, 2], bytes) })
        let operands = safetensors(["query", "key", "value"].map { FileTensor($0, type, [1, 2], bytes) })
        for (route, body) in [("/rope/apply?", tensors), ("/rope/shift?by=1&", tensors), ("/attention?", operands)] {
            let answer = TensorExchange(route + query, body, TensorExchange.safetensors)
            let warnings = try answer.file.metadata["warnings"].map {
                try JSON(Data($0.utf8)).elements.compactMap(\.string)
            }
            #expect(
                warnings?.count == part.map { _ in 1 } && warnings?.first?.contains(part ?? "") != false, "\(route)")
        }
    }

    /// Half-precision inputs are computed in float32 and rounded once, whichever the angles' arithmetic.
    @Test(arguments: ["float32", "float64"])
    func `a half is rotated as its float32 is, and rounded once`(precision: String) throws {
        var random = SplitMix64(seed: 26)
        for type in [FloatType.bfloat16, .float16] {
            let x = FileTensor.random("x", type, [5, 8], &random)
            let query = "precision=\(precision)&offset=1000"
            let file = try TensorExchange("/rope/apply?\(query)", safetensors([x]), TensorExchange.safetensors).file
            let wide = try TensorExchange("/rope/apply?\(query)", safetensors([x.widened]), TensorExchange.safetensors)
                .file
            #expect(try #require(file["x"]).bytes == rounded(#require(wide["x"]).bytes, to: x.type))
        }
    }

    @Test(arguments: ["float16", "FLOAT32", ""])
    func `another precision is not known`(name: String) throws {
        let service = try LiveService()
        #expect(
            try ProblemDocument(service.apply(#"{"x":[[1,0]],"precision":"\#(name)"}"#)).summary
                == "unknown-value /precision")
        #expect(
            try ProblemDocument(service.get("/frequencies?dim=2&precision=\(name)")).summary
                == "unknown-value precision")
    }
}
