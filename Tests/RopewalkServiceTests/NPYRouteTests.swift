import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding
import TestSupport
import Testing

@testable import RopewalkService

/// `application/x-npy` in and out of the routes below /rope.
@Suite struct NPYRouteTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            let name: String
            let file: Data
            let type: String
            let shape: [Int]
            let bytes: Data
            let isCanonical: Bool

            private enum CodingKeys: String, CodingKey {
                case name, file, type, shape, bytes
                case isCanonical = "is_canonical"
            }
        }

        struct Refused: Decodable {
            let name: String
            let file: Data
        }

        let read: [Case]
        let refused: [Refused]

        init() throws {
            let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let file = tests.appending(path: "TensorCodingTests/Goldens/npy.json")
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
        }
    }

    private static let descr: [FloatType: String] = [.float16: "<f2", .float32: "<f4", .float64: "<f8"]

    @Test(
        arguments: [
            ("/rope/apply", "positions=3,-1,0.5", #""positions":[3,-1,0.5]"#),
            ("/rope/apply", "offset=7&inverse=true&base=500", #""offset":7,"inverse":true,"base":500"#),
            (
                "/rope/apply", "positions=4:7&rotary_dim=2&layout=half",
                #""positions":[4,5,6],"rotary_dim":2,"layout":"half""#
            ),
            (
                "/rope/apply", "rope_type=linear&factor=2&layout=half",
                #""scaling":{"rope_type":"linear","factor":2},"layout":"half""#
            ),
            ("/rope/shift", "by=-2", #""by":-2"#), ("/rope/shift", "by=1,2,3", #""by":[1,2,3]"#),
            ("/rope/convert", "from=interleaved&to=half", #""from":"interleaved","to":"half""#),
        ], [FloatType.float16, .float32, .float64])
    func `an answer has the bits of that in JSON, rounded once where it is of a half`(
        _ request: (route: String, query: String, fields: String), type: FloatType
    ) throws {
        var random = SplitMix64(seed: 1)
        let x = FileTensor.random("x", type, [2, 3, 4], &random)
        let descr = try #require(Self.descr[type])
        let answer = TensorExchange(
            "\(request.route)?\(request.query)", npy(descr, x.shape, x.bytes), TensorExchange.npy)
        let json = TensorExchange(request.route, json: #"{"x":\#(x.json),"dtype":"\#(x.dtype)",\#(request.fields)}"#)
        #expect(answer.summary == "200" && json.summary == "200" && answer.type == TensorExchange.npy)
        let y = try NPYReader.read(answer.response.body)
        #expect(try y.bytes == rounded(json.jsonBytes("y"), to: x.type))
        #expect(y.form == (try StoredShape(x.type, x.shape)))
        // Little-endian, in C's order, and as numpy itself writes it.
        let header = String(decoding: answer.response.body.dropFirst(10).prefix(64), as: UTF8.self)
        #expect(header.hasPrefix("{'descr': '\(descr)', 'fortran_order': False, 'shape': (2, 3, 4), }"))
        let rope = try JSON(json.response.body)["rope"]
        #expect(try answer.text("rope").map { try JSON(Data($0.utf8)) } ?? .null == rope)
    }

    @Test func `files of numpy in each order, type and version are read as what they hold`() throws {
        var count = 0
        for known in try Golden().read where (known.shape.last ?? 0) > 1 && !known.shape.contains(0) {
            let identity = TensorExchange(
                "/rope/convert?from=half&to=half&rotary_dim=2", known.file, TensorExchange.npy)
            let y = try NPYReader.read(identity.response.body)
            #expect(y.bytes == known.bytes && y.form.axes == known.shape, "\(known.name)")
            if known.isCanonical { #expect(identity.response.body == known.file, "\(known.name)") }
            count += 1
            guard !known.name.contains("special") else { continue }
            let query = "offset=5&rotary_dim=2"
            let turned = TensorExchange(
                "/rope/apply?\(query)", known.file, TensorExchange.npy, accept: TensorExchange.raw)
            let shape = known.shape.map(String.init).joined(separator: ",")
            let raw = TensorExchange(
                "/rope/apply?\(query)&shape=\(shape)&dtype=\(known.type)", known.bytes, TensorExchange.raw)
            #expect(turned.summary == "200" && turned.response.body == raw.response.body, "\(known.name)")
        }
        #expect(count >= 20)
    }

    @Test func `what numpy writes of other types is 422`() throws {
        let refused = try Golden().refused
        #expect(refused.count >= 11)
        for known in refused {
            let answer = TensorExchange("/rope/apply", known.file, TensorExchange.npy)
            #expect(answer.response.status == 422, "\(known.name)")
            #expect(["unknown-value", "malformed-tensor"].contains(answer.summary), "\(known.name): \(answer.summary)")
        }
    }

    @Test func `JSON in and npy out, and the reverse`() throws {
        let x = [Float](arrayLiteral: 1, 0).littleEndianBytes
        let out = TensorExchange("/rope/apply", json: #"{"x":[[1,0]],"positions":[1]}"#, accept: TensorExchange.npy)
        #expect(try NPYReader.read(out.response.body).bytes == [Float(0.5403023), 0.84147096].littleEndianBytes)
        let json = TensorExchange(
            "/rope/apply?positions=1", npy("<f4", [1, 2], x), TensorExchange.npy, accept: TensorExchange.json)
        #expect(
            json.response.body == TensorExchange("/rope/apply", json: #"{"x":[[1,0]],"positions":[1]}"#).response.body)
        let half = [Float16](arrayLiteral: 1, 0).map(\.bitPattern).littleEndianBytes
        let rounded = TensorExchange(
            "/rope/apply?positions=1", npy("<f2", [1, 2], half), TensorExchange.npy, accept: TensorExchange.json)
        #expect(
            try JSON(rounded.response.body)["y"] == .array([.array([.number(0.54052734), .number(0.8413086)])]))
        let double = TensorExchange(
            "/rope/apply", json: #"{"x":[1,0],"positions":1,"dtype":"float64"}"#, accept: TensorExchange.npy)
        #expect(try NPYReader.read(double.response.body).form == StoredShape(.float64, [2]))
    }

    @Test func `warnings stand in a header`() throws {
        let x = npy("<f4", [1, 2], [Float](arrayLiteral: 1, 0).littleEndianBytes)
        let answer = TensorExchange("/rope/apply?seq_len=8", x, TensorExchange.npy)
        let json = TensorExchange("/rope/apply", json: #"{"x":[[1,0]],"seq_len":8}"#)
        let warnings = try #require(try answer.text("warnings"))
        #expect(try JSON(Data(warnings.utf8)) == JSON(json.response.body)["warnings"])
        #expect(answer.response.headers["Vary"] == "Accept" && json.response.headers["Vary"] == "Accept")
        #expect(try TensorExchange("/rope/apply", x, TensorExchange.npy).text("warnings") == nil)
    }

    @Test(arguments: [
        // Not a file, cut short, with bytes too many, of a shape that is none.
        ("", Data("nothing".utf8), "malformed-tensor"), ("", npy("<f4", [1, 2], Data(count: 7)), "malformed-tensor"),
        ("", npy("<f4", [1, 2], Data(count: 9)), "malformed-tensor"),
        ("", npy("<f4", [], Data(count: 4)), "shape-mismatch x"), ("", npy("<f4", [2, 0], Data()), "empty-tensor x"),
        ("", npy("<f4", [1, 1, 1, 1, 1, 1, 1, 1, 2], Data(count: 8)), "shape-mismatch x"),
        ("", npy("<f4", [1 << 62, 4], Data(count: 8)), "shape-mismatch"),
        ("", npy("<i4", [1, 2], Data(count: 8)), "unknown-value"),
        // What is right in a file, and cannot be computed on.
        ("", npy("<f4", [1, 3], Data(count: 12)), "odd-dimension x"),
        ("", npy("<f4", [2, 2], [Float](arrayLiteral: 1, 2, 3, .nan).littleEndianBytes), "not-finite x [1, 1]"),
        ("", npy(">f4", [2, 2], Data([0, 0, 0, 0, 0x7F, 0x80] + Data(count: 10))), "not-finite x [0, 1]"),
        ("", npy("<f2", [1, 2], [UInt16](arrayLiteral: 0x7BFF, 0x7BFF).littleEndianBytes), "200"),
        (
            "positions=1", npy("<f2", [1, 2], [UInt16](arrayLiteral: 0x7BFF, 0x7BFF).littleEndianBytes),
            "result-overflow [0, 1]"
        ),
        // The query.
        ("dtype=float32", npy("<f2", [1, 2], Data(count: 4)), "contradiction dtype"),
        ("dtype=float16", npy("<f2", [1, 2], Data(count: 4)), "200"),
        ("dtype=int8", npy("<f2", [1, 2], Data(count: 4)), "unknown-value dtype"),
        ("shape=1,2", npy("<f4", [1, 2], Data(count: 8)), "unknown-field shape"),
        ("tensors=x", npy("<f4", [1, 2], Data(count: 8)), "unknown-field tensors"),
        ("positions=1,2", npy("<f4", [1, 2], Data(count: 8)), "shape-mismatch positions"),
        ("positions=0&offset=1", npy("<f4", [1, 2], Data(count: 8)), "contradiction offset"),
        ("inverse=yes", npy("<f4", [1, 2], Data(count: 8)), "wrong-type inverse"),
        ("base=1&base=2", npy("<f4", [1, 2], Data(count: 8)), "repeated-parameter base"),
    ])
    func `what cannot be is refused by its place`(query: String, body: Data, summary: String) {
        #expect(TensorExchange("/rope/apply?\(query)", body, TensorExchange.npy).summary == summary)
    }

    @Test func `limits hold before a byte is copied`() {
        var configuration = Service.Configuration()
        configuration.limits.maxAnswerElements = 1_000
        func summary(_ descr: String, _ count: Int, fortran: Bool = false) -> String {
            let body = npy(descr, [count / 2, 2], Data(count: count * 2), fortran: fortran)
            return TensorExchange("/rope/apply", body, TensorExchange.npy, by: Service(configuration, logger: .silent))
                .summary
        }
        #expect(summary("<f2", 1_000) == "200")
        for (descr, fortran) in [("<f2", false), (">f2", false), ("<f2", true)] {
            #expect(summary(descr, 1_002, fortran: fortran) == "answer-too-large")
        }
        // A body and an answer of 2 kB each, and 8 kB for its numbers and those of the answer; 4 kB more for each copy.
        configuration.limits.maxBufferedBytes = 13_000
        #expect(summary("<f2", 1_000) == "200")
        configuration.limits.maxBufferedBytes = 11_000
        #expect(summary("<f2", 1_000) == "answer-too-large")
        configuration.limits.maxBufferedBytes = 13_000
        #expect(summary(">f2", 1_000, fortran: true) == "answer-too-large")
    }

    @Test func `an answer holds its own bytes in the budget, and nothing once it has left`() {
        let service = Service(Service.Configuration(), logger: .silent)
        do {
            let body = npy("<f2", [500, 2], Data(count: 2_000))
            let answer = TensorExchange("/rope/apply", body, TensorExchange.npy, by: service)
            #expect(service.budget.used == answer.response.body.count)
        }
        #expect(service.budget.used == 0)
    }
}
