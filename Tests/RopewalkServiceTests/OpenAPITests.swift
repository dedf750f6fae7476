import FoundationEssentials
import Logging
import MicroHTTP
import PositionalEncoding
import TensorCoding
import Testing

@testable import RopewalkService

/// openapi.yaml, by way of the JSON that it is served as, against the service.
@Suite struct OpenAPITests {
    private let document: OpenAPIDocument

    init() throws {
        document = try OpenAPIDocument()
    }

    // MARK: Routes

    @Test func `every route is documented and every documented operation is routed`() {
        let service = Service(Service.Configuration(), logger: .silent)
        let routed = Set(service.routes().routes.map { "\($0.method) \($0.path)" })
        #expect(Set(document.operations.map { "\($0.method) \($0.path)" }) == routed)
    }

    @Test func `the document has the version of the service`() {
        #expect(document.root["info"]["version"].string == Version.current)
    }

    @Test func `no two operations have one name, and each has one tag that is described`() {
        let names = document.operations.compactMap { $0.node["operationId"].string }
        #expect(names.count == document.operations.count)
        #expect(Set(names).count == names.count)
        let tags = Set(document.root["tags"].elements.compactMap { $0["name"].string })
        for operation in document.operations {
            let own = operation.node["tags"].elements.compactMap(\.string)
            #expect(own.count == 1 && tags.isSuperset(of: own), "\(operation.name)")
        }
    }

    @Test func `every reference leads somewhere, and every component is referred to or named in the text`() {
        let references = Set(document.root.references)
        for reference in references {
            #expect(document.target(of: reference) != nil, "\(reference)")
        }
        let text = document.root["info"]["description"].string ?? ""
        for kind in document.root["components"].names {
            for name in document.root["components"][kind].names {
                let isUsed = references.contains("#/components/\(kind)/\(name)") || text.contains("`\(name)`")
                #expect(isUsed, "\(kind)/\(name)")
            }
        }
    }

    // MARK: Fields

    @Test(arguments: [
        ("RopeApplyRequest", RopeApplyRequest.names), ("RopeShiftRequest", RopeShiftRequest.names),
        ("RopeConvertRequest", RopeConvertRequest.names), ("AttentionRequest", AttentionRequest.names),
    ])
    func `the fields of a request are the documented ones`(schema: String, names: [String]) {
        let properties = document.root["components"]["schemas"][schema]["properties"]
        #expect(properties.names == names.sorted())
    }

    @Test func `the keys of a scaling are the documented ones, and each type has a schema`() {
        let schemas = document.root["components"]["schemas"]
        let keys = schemas["ScalingObject"]["propertyNames"]["enum"].elements.compactMap(\.string)
        #expect(keys.sorted() == (ScalingFields.names + ["rope_theta"]).sorted())
        let types = schemas["Scaling"]["oneOf"].elements.compactMap { $0["$ref"].string }
            .compactMap { document.target(of: $0)?["properties"] }
        let names = types.compactMap {
            $0["rope_type"]["const"].string ?? $0["rope_type"]["enum"].elements.first?.string
        }
        #expect(names == Scaling.Name.allCases.map(\.rawValue))
        for type in types {
            #expect(type["rope_type"]["enum"] == type["type"]["enum"])
            #expect(type.names.allSatisfy(keys.contains), "\(type.names)")
        }
    }

    @Test func `the words that a field takes are the documented ones`() {
        let schemas = document.root["components"]["schemas"]
        let precisions = schemas["Precision"]["enum"].elements.compactMap(\.string)
        #expect(precisions == Precision.allCases.map(\.rawValue))
        let elements = schemas["ElementType"]["enum"].elements.compactMap(\.string)
        #expect(elements == FloatType.allCases.map(\.rawValue))
        let formats = document.root["components"]["parameters"]["Format"]["schema"]["enum"].elements
        #expect(formats.compactMap(\.string) == FrequenciesFormat.allCases.map(\.rawValue))
    }

    @Test func `the keys of a query for frequencies are the documented ones`() throws {
        let operation = try #require(document.operation("GET", "/frequencies"))
        let keys = document.parameters(of: operation, in: "query").compactMap { $0["name"].string }
        #expect(keys.sorted() == FrequenciesQuery.names.sorted())
    }

    @Test(arguments: [
        ("/rope/apply", keys(RopeApplyRequest.queryNames)), ("/rope/shift", keys(RopeShiftRequest.queryNames)),
        ("/rope/convert", keys(RopeConvertRequest.queryNames)), ("/attention", Set(AttentionRequest.queryNames)),
    ])
    func `the keys of a query beside a body that is not JSON are the documented ones`(path: String, keys: Set<String>)
        throws
    {
        let operation = try #require(document.operation("POST", path))
        let parameters = document.parameters(of: operation, in: "query")
        #expect(Set(parameters.compactMap { $0["name"].string }) == keys && parameters.count == keys.count)
        #expect(parameters.allSatisfy { $0["required"] == .null })
    }

    private static func keys(_ names: (TensorFormat) -> [String]) -> Set<String> {
        Set(TensorFormat.allCases.filter { $0 != .json }.flatMap(names))
    }

    @Test(arguments: ["/rope/apply", "/rope/convert", "/rope/shift", "/attention"])
    func `the formats of tensors are the documented ones, and an answer says what it depends on`(path: String) throws {
        let operation = try #require(document.operation("POST", path))
        let router = Service(Service.Configuration(), logger: .silent).routes()
        guard case .handler(let endpoint) = router.match("POST", path) else {
            Issue.record("\(path) is not routed")
            return
        }
        #expect(operation.node["requestBody"]["content"].names == endpoint.bodyFormats.map(\.mediaType).sorted())
        let answer = operation.node["responses"]["200"]
        #expect(answer["content"].names == TensorFormat.allCases.map(\.mediaType).sorted())
        #expect(answer["headers"].names.contains("Vary"))
        let lists = document.root["components"]["headers"]["Accept"]["schema"]["enum"].elements.compactMap(\.string)
        #expect(lists.contains(endpoint.bodyFormats.map(\.mediaType).joined(separator: ", ")))
    }

    @Test(arguments: ["/frequencies", "/rope/apply", "/rope/convert", "/rope/shift", "/attention"])
    func `every field has a description and a type`(path: String) throws {
        let operation = try #require(document.operations.first { $0.path == path })
        let schema = document.resolved(operation.node["requestBody"]["content"]["application/json"]["schema"])
        var fields = schema["properties"].names.map { (name: $0, node: schema["properties"][$0]) }
        fields += document.parameters(of: operation, in: "query").map { ($0["name"].string ?? "", $0) }
        try #require(!fields.isEmpty)
        for (name, node) in fields {
            let schema = document.resolved(node["schema"].names.isEmpty ? node : node["schema"])
            let isDescribed = node["description"].string != nil || schema["description"].string != nil
            #expect(isDescribed, "\(name)")
            #expect(["type", "oneOf", "const"].contains(where: schema.names.contains), "\(name)")
        }
    }

    @Test(arguments: [
        ("Layout", "layouts"), ("DType", "dtypes"), ("RopeType", "rope_types"),
    ])
    func `a documented enumeration has the values that info lists`(schema: String, field: String) throws {
        let info = try JSON(answering("GET", "/info").body)
        let known = info[field].elements.compactMap(\.string)
        try #require(!known.isEmpty)
        #expect(document.root["components"]["schemas"][schema]["enum"].elements.compactMap(\.string) == known)
    }

    // MARK: Limits

    @Test func `the documented defaults of the limits are those of the service`() throws {
        let standard = Service.Configuration()
        let limits = standard.limits
        let expected = [
            "drain_seconds": standard.drainSeconds, "idle_timeout": Double(limits.idleTimeoutSeconds),
            "max_answer_elements": Double(limits.maxAnswerElements), "max_body_bytes": Double(limits.maxBodyBytes),
            "max_buffered_bytes": Double(limits.maxBufferedBytes), "max_cache_bytes": Double(limits.maxCacheBytes),
            "max_connections": Double(limits.maxConnections), "max_multiply_adds": Double(limits.maxMultiplyAdds),
            "max_queue": Double(limits.maxQueue),
        ]
        let properties = document.root["components"]["schemas"]["Limits"]["properties"]
        let stated = properties.names.compactMap { name in properties[name]["default"].number.map { (name, $0) } }
        #expect(Dictionary(uniqueKeysWithValues: stated) == expected)
    }

    @Test func `the limits that info has are the documented ones`() throws {
        let info = try JSON(answering("GET", "/info").body)
        let limits = document.root["components"]["schemas"]["Limits"]
        #expect(limits["properties"].names == info["limits"].names)
        #expect(limits["required"].elements.compactMap(\.string) == info["limits"].names)
    }

    /// The bounds of the fields' schemas, each with a query that takes the number in place of %.
    @Test(arguments: [
        ("Base", "minimum", "base=%"), ("Base", "maximum", "base=%"),
        ("Dimension", "minimum", "dim=%"), ("Dimension", "maximum", "dim=%"),
        ("RotaryDimension", "minimum", "dim=65536&rotary_dim=%"),
        ("RotaryDimension", "maximum", "dim=65536&rotary_dim=%"),
        ("SequenceLength", "minimum", "seq_len=%"), ("SequenceLength", "maximum", "seq_len=%"),
        ("Position", "minimum", "positions=%"), ("Position", "maximum", "positions=%"),
        ("Factor", "exclusiveMinimum", "rope_type=linear&factor=%"),
        (
            "PositiveNumber", "exclusiveMinimum",
            "dim=4&rope_type=yarn&factor=2&max_position_embeddings=8&attention_factor=%"
        ),
        ("ContextLength", "exclusiveMinimum", "rope_type=linear&factor=2&max_position_embeddings=%"),
        ("Turns", "minimum", "rope_type=yarn&factor=2&max_position_embeddings=8&beta_slow=%"),
        ("Rho", "exclusiveMinimum", "rope_type=allpass&rho=%"), ("Rho", "exclusiveMaximum", "rope_type=allpass&rho=%"),
        ("Share", "minimum", "rope_type=proportional&partial_rotary_factor=%"),
        ("Share", "maximum", "rope_type=proportional&partial_rotary_factor=%"),
    ])
    func `a documented bound is where the service begins to refuse`(
        schema: String, keyword: String, query: String
    ) throws {
        let field = document.root["components"]["schemas"][schema]
        let bound = try #require(field[keyword].number)
        let isMinimum = keyword.lowercased().hasSuffix("minimum")
        let isWhole = field["type"].string == "integer" && abs(bound) < 0x1p53
        let step = field["multipleOf"].number ?? (isWhole ? 1 : bound.ulp)
        let outside = isMinimum ? bound - step : bound + step
        let inside = isMinimum ? bound + step : bound - step
        func status(_ value: Double) -> Int {
            let given = query.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "\(value)")
            return answering("GET", "/frequencies?\(given.contains("dim=") ? "" : "dim=2&")\(given)").status
        }
        switch keyword {
        case "exclusiveMinimum", "exclusiveMaximum":
            #expect(status(bound) == 422)
            #expect(status(inside) == 200)
        default:
            #expect(status(outside) == 422)
            #expect(status(bound) == 200)
        }
    }

    @Test func `a rotary dimension is a multiple of what is documented, and of no less`() throws {
        let field = document.root["components"]["schemas"]["RotaryDimension"]
        let multiple = try #require(field["multipleOf"].number.flatMap(Int.init(exactly:)))
        for dimension in 2...8 {
            let status = answering("GET", "/frequencies?dim=8&rotary_dim=\(dimension)").status
            #expect((status == 200) == dimension.isMultiple(of: multiple), "\(dimension)")
        }
    }

    // MARK: Errors

    @Test func `every kind of problem is documented, and no other`() {
        let types = document.root["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
        #expect(types.elements.compactMap(\.string) == ProblemKind.allCases.map { "/docs/errors#\($0.rawValue)" })
        let statuses = document.root["components"]["schemas"]["Problem"]["properties"]["status"]["enum"]
        #expect(statuses.elements.compactMap(\.number) == Set(ProblemKind.allCases.map { Double($0.status) }).sorted())
    }

    @Test(arguments: ProblemKind.allCases)
    func `every kind of problem has an example with its title and status`(kind: ProblemKind) throws {
        let examples = document.problemExamples.filter { $0.name == kind.rawValue }
        try #require(!examples.isEmpty)
        for example in examples {
            #expect(example.value["type"].string == "/docs/errors#\(kind.rawValue)")
            #expect(example.value["title"].string == kind.title)
            #expect(example.value["status"].number == Double(kind.status))
        }
    }

    @Test func `an operation answers a problem under the problem's own status`() throws {
        for operation in document.operations {
            let statuses = operation.node["responses"].names.filter {
                $0 >= "400" && !OpenAPIDocument.unread.contains($0)
            }
            try #require(!statuses.isEmpty, "\(operation.name)")
            for status in statuses {
                let response = document.resolved(operation.node["responses"][status])
                #expect(response["content"].names == ["application/problem+json"], "\(operation.name) \(status)")
                let examples = document.examples(in: response["content"]["application/problem+json"])
                #expect(!examples.isEmpty, "\(operation.name) \(status)")
                for example in examples {
                    #expect(example.value["status"].number == Double(status), "\(operation.name) \(example.name)")
                }
            }
        }
    }

    @Test func `every answer has a request id and its times, and every 503 says when to come again`() throws {
        for operation in document.operations {
            for status in operation.node["responses"].names where !OpenAPIDocument.unread.contains(status) {
                let headers = document.resolved(operation.node["responses"][status])["headers"]
                #expect(headers.names.contains("X-Request-Id"), "\(operation.name) \(status)")
                #expect(headers.names.contains("Server-Timing"), "\(operation.name) \(status)")
                #expect(headers.names.contains("Retry-After") == (status == "503"), "\(operation.name) \(status)")
                #expect(headers.names.contains("Allow") == (status == "405"), "\(operation.name) \(status)")
            }
        }
    }
}
