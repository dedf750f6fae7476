import FoundationEssentials
import TensorCoding
import Testing

@testable import RopewalkService

/// Bodies without a Content-Type, or with that of a form, which curl sends where none is given.
@Suite struct UntypedBodyTests {
    private static let form = "application/x-www-form-urlencoded"
    private static var elements: Data { [Float](arrayLiteral: 1, 0).littleEndianBytes }

    private func problem(_ target: String, _ body: Data, _ type: String?) throws -> ProblemDocument {
        let response = answering(
            "POST", target, body: body, type: type, by: Service(Service.Configuration(), logger: .silent))
        #expect(response.status == 415, "\(response.status)")
        #expect(response.headers["Accept"]?.contains("application/vnd.safetensors") == true)
        return try ProblemDocument(response.body)
    }

    @Test(arguments: [
        (npy("<f4", [1, 2], elements), "a .npy file; send it with -H 'Content-Type: application/x-npy'"),
        (
            safetensors([FileTensor("x", .float32, [1, 2], elements)]),
            "a safetensors file; send it with -H 'Content-Type: application/vnd.safetensors'"
        ),
        (Data("PK\u{3}\u{4}..............................weight.npy".utf8), "a .npz archive of numpy: send one array"),
        (Data("GGUF\u{3}\0\0\0".utf8), "a GGUF model"),
        (Data("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".utf8), "git lfs pull"),
    ])
    func `a file that is known is named with the type to send it with, query or none`(body: Data, part: String) throws {
        for target in [
            "/rope/apply", "/rope/apply?offset=1", "/rope/shift?by=1", "/rope/convert?from=half&to=interleaved",
        ] {
            for (type, missing) in [(nil, "there is no Content-Type"), (Self.form, "Content-Type is that of a form")] {
                let problem = try problem(target, body, type)
                #expect(problem.summary == "unsupported-media-type Content-Type")
                #expect(problem.detail.contains(part) && problem.detail.hasPrefix(missing), "\(problem.detail)")
            }
        }
    }

    @Test func `an attention does not read one tensor alone, and says what it reads`() throws {
        let problem = try problem("/attention?causal=true", npy("<f4", [1, 2], Self.elements), Self.form)
        #expect(
            problem.detail.hasSuffix("a .npy file, and this route reads application/json, application/vnd.safetensors"))
    }

    @Test(
        arguments: [(nil, "there is no Content-Type"), (form, "Content-Type is that of a form")] as [(String?, String)])
    func `bytes that say nothing, beside a query, need a type`(type: String?, missing: String) throws {
        for body in [Self.elements, Data("x=1".utf8), Data("[[1,0]]".utf8)] {
            let problem = try problem("/rope/apply?offset=1", body, type)
            #expect(problem.summary == "unsupported-media-type Content-Type")
            #expect(problem.detail.hasPrefix(missing) && problem.detail.contains("-H 'Content-Type: application/"))
        }
        #expect(try problem("/rope/apply?offset=1", Data(), type).detail.contains("the body is empty"))
    }

    @Test func `an object of JSON is read, and has no query beside it`() throws {
        let body = Data(#" {"x":[[1,0]]}"#.utf8)
        for type in [nil, Self.form, "application/json"] {
            for (target, summary) in [("/rope/apply", nil), ("/rope/apply?offset=1", "unknown-field offset")] {
                let response = answering(
                    "POST", target, body: body, type: type, by: Service(Service.Configuration(), logger: .silent))
                #expect(response.status == (summary == nil ? 200 : 422))
                if let summary { #expect(try ProblemDocument(response.body).summary == summary) }
            }
        }
    }

    @Test(arguments: [
        ("application/json", "a .npy file"),
        ("application/vnd.safetensors", "this is no safetensors file; these bytes are a .npy"),
        ("application/octet-stream", "these bytes are a .npy file"),
    ])
    func `a file under another format's type is named as well`(type: String, part: String) throws {
        let target = type.hasSuffix("stream") ? "/rope/apply?shape=1,2&dtype=float32" : "/rope/apply"
        let answer = TensorExchange(target, npy("<f4", [1, 2], Self.elements), type)
        #expect([400, 422].contains(answer.response.status))
        #expect(try ProblemDocument(answer.response.body).detail.contains(part), "\(answer.summary)")
    }

    @Test func `a safetensors file or JSON under the type of .npy is named`() throws {
        for (body, part) in [
            (
                safetensors([FileTensor("x", .float32, [1, 2], Self.elements)]),
                "its Content-Type is application/vnd.safetensors"
            ),
            (Data(#"{"x":[[1,0]]}"#.utf8), "its Content-Type is application/json"),
        ] {
            let answer = TensorExchange("/rope/apply", body, TensorExchange.npy)
            #expect(answer.summary == "malformed-tensor")
            #expect(try ProblemDocument(answer.response.body).detail.contains(part))
        }
    }
}
