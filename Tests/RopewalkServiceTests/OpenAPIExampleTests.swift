import FoundationEssentials
import Logging
import MicroHTTP
import Testing

@testable import RopewalkService

/// The examples of openapi.yaml, answered by the service in process.
@Suite struct OpenAPIExampleTests {
    private let document: OpenAPIDocument

    init() throws {
        document = try OpenAPIDocument()
    }

    @Test func `every example of a body is answered with the example of its name`() throws {
        var count = 0
        for operation in document.operations where !operation.node["requestBody"].names.isEmpty {
            let requests = document.examples(in: operation.node["requestBody"]["content"]["application/json"])
            let answers = document.answerExamples(of: operation)
            #expect(requests.map(\.name) == answers.map(\.name), "\(operation.name)")
            for (request, answer) in zip(requests, answers) {
                let response = answering(
                    operation.method, operation.path, body: try JSONEncoder().encode(request.value))
                #expect(response.status == 200, "\(operation.name) \(request.name)")
                #expect(try JSON(response.body) == answer.value, "\(operation.name) \(request.name)")
                count += 1
            }
        }
        #expect(count >= 6)
    }

    @Test func `the examples of parameters are together answered with the example of their name`() throws {
        let operation = try #require(document.operation("GET", "/frequencies"))
        let parameters = document.parameters(of: operation, in: "query")
        let answers = document.answerExamples(of: operation)
        let names = Set(parameters.flatMap { document.examples(in: $0).map(\.name) })
        try #require(!answers.isEmpty)
        #expect(Set(answers.map(\.name)) == names)
        for answer in answers {
            let items = parameters.compactMap { parameter in
                document.examples(in: parameter).first { $0.name == answer.name }
                    .map { "\(parameter["name"].string ?? "")=\($0.value.text)" }
            }
            let response = answering("GET", "/frequencies?\(items.joined(separator: "&"))")
            #expect(response.status == 200, "\(items)")
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(try answer.value == (answer.value.string == nil ? JSON(response.body) : .string(text)), "\(items)")
            #expect(mediaType(of: response) == answer.mediaType, "\(items)")
            for header in ["ETag", "Cache-Control", "Vary"] {
                #expect(response.headers[header] != nil, "\(header)")
            }
        }
    }

    @Test(arguments: ["/livez", "/readyz", "/healthz", "/info"])
    func `an example without a request is what the service answers`(path: String) throws {
        let operation = try #require(document.operation("GET", path))
        let service = Service(.onAnyPort, logger: .silent)
        _ = try service.start()
        defer { service.stop() }
        let answer = try #require(document.answerExamples(of: operation).first)
        #expect(try JSON(answering("GET", path, by: service).body) == answer.value)
    }

    @Test func `the example of a model is what the service answers`() throws {
        let operation = try #require(document.operation("GET", "/models/{name}"))
        let answer = try #require(document.answerExamples(of: operation).first)
        #expect(try JSON(answering("GET", "/models/phi-2").body) == answer.value)
    }

    @Test(arguments: ["/", "/docs/errors", "/metrics"])
    func `an excerpt of a page is what the page begins with`(path: String) throws {
        let operation = try #require(document.operation("GET", path))
        let answer = try #require(document.answerExamples(of: operation).first)
        let page = String(decoding: answering("GET", path).body, as: UTF8.self)
        let excerpt = try #require(answer.value.string)
        #expect(!excerpt.isEmpty && page.hasPrefix(excerpt))
    }

    @Test func `an answer has the media type that is documented`() throws {
        let service = Service(.onAnyPort, logger: .silent)
        _ = try service.start()
        defer { service.stop() }
        for operation in document.operations where operation.method == "GET" {
            let query = operation.path == "/frequencies" ? "?dim=2" : ""
            let documented = document.resolved(operation.node["responses"]["200"])["content"].names
            try #require(!documented.isEmpty, "\(operation.name)")
            for type in documented {
                let path = operation.path.replacing("{name}", with: "phi-2")
                let response = answering("GET", path + query, accept: type, by: service)
                #expect(mediaType(of: response) == type, "\(operation.name)")
            }
        }
    }

    /// Without its parameters.
    private func mediaType(of response: HTTPResponse) -> String? {
        response.headers["Content-Type"]?.split(separator: ";").first.map(String.init)
    }
}
