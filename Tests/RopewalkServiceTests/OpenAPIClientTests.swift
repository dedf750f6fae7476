import FoundationEssentials
import TestSupport
import Testing

@testable import RopewalkService

/// What generators of clients need of openapi.yaml.
@Suite struct OpenAPIClientTests {
    private let document: OpenAPIDocument

    init() throws {
        document = try OpenAPIDocument()
    }

    /// Keywords whose value is a schema, with their values that are none in most generators' eyes.
    private static let ofOne: Set = [
        "schema", "not", "items", "contains", "if", "then", "else", "propertyNames", "unevaluatedItems",
        "unevaluatedProperties",
    ]
    private static let ofNamed: Set = ["properties", "patternProperties", "dependentSchemas", "$defs", "schemas"]
    private static let ofListed: Set = ["allOf", "anyOf", "oneOf", "prefixItems"]

    /// Where in a node a schema is a boolean or empty; `additionalProperties` may be a boolean, which every generator reads.
    private func trivial(_ node: JSON, at place: String) -> [String] {
        func check(_ schema: JSON, _ place: String) -> [String] {
            switch schema {
            case .boolean, .object([:]): [place]
            default: trivial(schema, at: place)
            }
        }
        switch node {
        case .object(let members):
            return members.flatMap { name, value -> [String] in
                let place = "\(place)/\(name)"
                switch value {
                case _ where Self.ofOne.contains(name): return check(value, place)
                case .object(let named) where Self.ofNamed.contains(name):
                    return named.flatMap { check($0.value, "\(place)/\($0.key)") }
                case .array(let listed) where Self.ofListed.contains(name):
                    return listed.enumerated().flatMap { check($0.element, "\(place)/\($0.offset)") }
                case _ where ["example", "examples", "const", "enum", "default"].contains(name): return []
                default: return trivial(value, at: place)
                }
            }
        case .array(let elements):
            return elements.enumerated().flatMap { trivial($0.element, at: "\(place)/\($0.offset)") }
        default: return []
        }
    }

    @Test func `no schema is a boolean or empty, at which generators of clients stop`() throws {
        #expect(trivial(document.root, at: "").sorted() == [])
        // The walk finds what it is there to find.
        let wrong = try JSON(
            Data(
                #"{"properties":{"a":false,"items":{"type":"string"}},"not":{},"allOf":[true,{"items":{}}],"x":[{"then":true}]}"#
                    .utf8))
        #expect(
            trivial(wrong, at: "").sorted() == ["/allOf/0", "/allOf/1/items", "/not", "/properties/a", "/x/0/then"])
    }

    @Test func `every operation documents that its head may be too large`() {
        for operation in document.operations {
            let statuses = Set(operation.node["responses"].names)
            #expect(statuses.isSuperset(of: ["400", "431"] + OpenAPIDocument.unread), "\(operation.name)")
        }
    }

    @Test(arguments: [(60_000, 414), (40_000, 431), (0, 431)])
    func `a head that is too large is refused with a page of a documented type`(
        _ count: Int, _ status: Int
    ) throws {
        let service = try LiveService()
        let client = try RawHTTPClient(port: service.port)
        let field = count == 0 ? "A: \(String(repeating: "b", count: 40_000))\r\n" : ""
        try client.send("GET /livez?\(String(repeating: "a", count: count)) HTTP/1.1\r\nHost: a\r\n\(field)\r\n")
        let refused = try client.response()
        #expect(refused.status == status)
        let livez = try #require(document.operation("GET", "/livez"))
        let content = document.resolved(livez.node["responses"]["\(status)"])["content"]
        let type = (refused["Content-Type"] ?? "text/html").split(separator: ";")[0]
        #expect(content.names.contains(String(type)), "\(type)")
    }

    @Test func `the server's URL is relative to the document's`() {
        #expect(document.root["servers"].elements.map { $0["url"].string } == ["."])
    }
}
