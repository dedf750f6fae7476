import FoundationEssentials
import Testing

@testable import RopewalkService

/// What openapi.yaml says, with its references followed.
struct OpenAPIDocument {
    struct Operation {
        let method: String
        let path: String
        let node: JSON
        var name: String { "\(method) \(path)" }
    }

    struct Example {
        let name: String
        let value: JSON
        /// Of an answer.
        var mediaType: String?
    }

    /// The statuses of requests that are refused before they are read, and answered with a page and not a problem.
    static let unread: Set = ["414"]

    let root: JSON

    init() throws {
        root = try JSON(OpenAPI.json)
    }

    var operations: [Operation] {
        root["paths"].names.flatMap { path in
            let item = root["paths"][path]
            return item.names.map { Operation(method: $0.uppercased(), path: path, node: item[$0]) }
        }
    }

    func operation(_ method: String, _ path: String) -> Operation? {
        operations.first { $0.method == method && $0.path == path }
    }

    func parameters(of operation: Operation, in place: String) -> [JSON] {
        operation.node["parameters"].elements.map(resolved).filter { $0["in"].string == place }
    }

    func examples(in node: JSON) -> [Example] {
        node["examples"].names.map { Example(name: $0, value: resolved(node["examples"][$0])["value"]) }
    }

    func answerExamples(of operation: Operation) -> [Example] {
        let content = resolved(operation.node["responses"]["200"])["content"]
        return content.names.flatMap { type in
            examples(in: content[type]).map { Example(name: $0.name, value: $0.value, mediaType: type) }
        }
    }

    var problemExamples: [Example] {
        let responses = root["components"]["responses"]
        return responses.names.flatMap { examples(in: responses[$0]["content"]["application/problem+json"]) }
    }

    /// The node itself, or what it refers to.
    func resolved(_ node: JSON) -> JSON {
        node["$ref"].string.flatMap(target).map(resolved) ?? node
    }

    func target(of reference: String) -> JSON? {
        guard reference.hasPrefix("#/") else { return nil }
        var node = root
        for step in reference.dropFirst(2).split(separator: "/") { node = node[String(step)] }
        return node == .null ? nil : node
    }
}

/// A JSON value. Numbers compare by value, members without regard to order.
enum JSON: Equatable, Codable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(_ text: Data) throws {
        self = try JSONDecoder().decode(JSON.self, from: text)
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let boolean = try? value.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSON].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .boolean(let boolean): try value.encode(boolean)
        case .number(let number): try value.encode(number)
        case .string(let string): try value.encode(string)
        case .array(let array): try value.encode(array)
        case .object(let object): try value.encode(object)
        }
    }

    /// A member, or null.
    subscript(name: String) -> JSON {
        guard case .object(let members) = self else { return .null }
        return members[name] ?? .null
    }

    /// Of an object, in alphabetical order.
    var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.keys.sorted()
    }

    var elements: [JSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var string: String? {
        guard case .string(let string) = self else { return nil }
        return string
    }

    var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// As it stands in a query.
    var text: String {
        guard let number else { return string ?? "" }
        return Int(exactly: number).map(String.init) ?? "\(number)"
    }

    /// All that is referred to within.
    var references: [String] {
        switch self {
        case .object(let members):
            return members.flatMap { name, value in
                name == "$ref" ? [value.string ?? ""] : value.references
            }
        case .array(let elements):
            return elements.flatMap(\.references)
        default:
            return []
        }
    }
}
