import FoundationEssentials
import PositionalEncoding
import TensorCoding
import Testing

@testable import RopewalkService

/// Content-Type decides the way in, Accept the way out (RFC 9110 §12).
@Suite struct TensorNegotiationTests {
    private static var turned: Data { [Float(0.5403023), 0.84147096].littleEndianBytes }

    /// [[1, 0]] at position 1 in each format: its type, the query beside it, the body.
    private static var requests: [(type: String, query: String, body: Data)] {
        let x = [Float](arrayLiteral: 1, 0).littleEndianBytes
        return [
            (TensorExchange.json, "", Data(#"{"x":[[1,0]],"positions":[1]}"#.utf8)),
            (TensorExchange.npy, "?positions=1", npy("<f4", [1, 2], x)),
            (
                TensorExchange.safetensors, "?positions=1", safetensors([FileTensor("y", .float32, [1, 2], x)])
            ),
            (TensorExchange.raw, "?positions=1&shape=1,2&dtype=float32", x),
        ]
    }

    private func elements(_ answer: TensorExchange) throws -> Data? {
        switch answer.type {
        case TensorExchange.json:
            return try JSON(answer.response.body)["y"].elements.flatMap(\.elements).compactMap(\.number).map {
                Float($0)
            }
            .littleEndianBytes
        case TensorExchange.npy: return try NPYReader.read(answer.response.body).bytes
        case TensorExchange.safetensors: return try answer.file["y"]?.bytes
        default: return answer.response.body
        }
    }

    @Test func `every format goes into every other, with the same bits`() throws {
        for request in Self.requests {
            for type in Self.requests.map(\.type) {
                let answer = TensorExchange("/rope/apply\(request.query)", request.body, request.type, accept: type)
                #expect(answer.type == type && answer.response.headers["Vary"] == "Accept", "\(request.type) \(type)")
                #expect(try elements(answer) == Self.turned, "\(request.type) \(type)")
            }
        }
    }

    /// `=` is the format of the body.
    @Test(
        arguments: [
            (nil, "="), ("*/*", "="), ("", "="), ("application/*", "="), ("text/html, */*;q=0.1", "="),
            ("application/x-npy", TensorExchange.npy), ("Application/X-NPY", TensorExchange.npy),
            ("application/x-npy;q=0.5, application/vnd.safetensors;q=0.6", TensorExchange.safetensors),
            ("application/json;q=0.2, application/octet-stream ; q=0.3", TensorExchange.raw),
            ("*/*;q=0.5, application/x-npy", TensorExchange.npy),
            // A range that is more specific goes before one that is less, whatever their order.
            (
                "application/octet-stream;q=0.1, application/*;q=0.2, */*;q=0.9, application/x-npy;q=0.3",
                TensorExchange.npy
            ),
            ("application/json;q=0, application/x-npy;q=0, application/vnd.safetensors;q=0, */*", TensorExchange.raw),
            // A weight that is none counts as absent.
            ("application/x-npy;q=nan, application/json;q=0.9", TensorExchange.npy),
            ("application/x-npy;q=7, application/json;q=1e9", "first"),
            ("text/html", nil), ("application/json;q=0", nil), ("*/*;q=0", nil), ("application/problem+json", nil),
        ] as [(String?, String?)])
    func `Accept chooses by its weights, and of equals the format of the body`(accept: String?, type: String?) throws {
        for request in Self.requests {
            let answer = TensorExchange("/rope/apply\(request.query)", request.body, request.type, accept: accept)
            switch type {
            case nil: #expect(answer.summary == "not-acceptable Accept", "\(request.type)")
            case "=": #expect(answer.type == request.type)
            case "first":
                // Both are of weight 1: the body's own format, else the first of ours.
                let expected = request.type == TensorExchange.npy ? TensorExchange.npy : TensorExchange.json
                #expect(answer.type == expected, "\(request.type)")
            default: #expect(answer.type == type, "\(request.type)")
            }
        }
    }

    @Test func `a type that .npy has no name for goes elsewhere, or nowhere`() throws {
        let target = "/rope/apply?shape=1,2&dtype=bfloat16"
        func exchange(_ accept: String) -> TensorExchange {
            TensorExchange(target, Data([0x80, 0x3F, 0, 0]), TensorExchange.raw, accept: accept)
        }
        let refused = exchange(TensorExchange.npy)
        #expect(refused.summary == "not-acceptable Accept")
        #expect(try ProblemDocument(refused.response.body).detail.contains("bfloat16"))
        #expect(exchange("application/x-npy, application/vnd.safetensors;q=0.1").type == TensorExchange.safetensors)
        #expect(exchange("application/x-npy, application/json;q=0.1").type == TensorExchange.json)
        #expect(exchange("*/*").type == TensorExchange.raw)
    }

    @Test(arguments: [
        (
            "/rope/apply", "text/csv",
            "application/json, application/x-npy, application/vnd.safetensors, application/octet-stream"
        ),
        (
            "/rope/convert", "application/x-npz",
            "application/json, application/x-npy, application/vnd.safetensors, application/octet-stream"
        ),
        (
            "/rope/shift", "application/safetensors",
            "application/json, application/x-npy, application/vnd.safetensors, application/octet-stream"
        ),
        ("/attention", TensorExchange.npy, "application/json, application/vnd.safetensors"),
        ("/attention", TensorExchange.raw, "application/json, application/vnd.safetensors"),
    ])
    func `a type that a route does not read is refused with those that it reads`(
        route: String, type: String, list: String
    ) {
        let answer = TensorExchange(route, Data([1]), type)
        #expect(answer.summary == "unsupported-media-type Content-Type" && answer.response.headers["Accept"] == list)
    }

    @Test func `beside JSON there is no query, and a type may have parameters`() {
        let json = Data(#"{"x":[[1,0]]}"#.utf8)
        #expect(TensorExchange("/rope/apply?offset=1", json, TensorExchange.json).summary == "unknown-field offset")
        #expect(TensorExchange("/attention?causal=true", json, TensorExchange.json).summary == "unknown-field causal")
        let request = Self.requests[1]
        #expect(TensorExchange("/rope/apply", request.body, "application/x-npy; version=1").summary == "200")
    }
}
