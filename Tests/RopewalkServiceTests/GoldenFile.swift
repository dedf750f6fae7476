import FoundationEssentials
import MicroHTTP
import Testing

/// Answers of a public implementation to requests of ours, as `make goldens` wrote them.
struct GoldenFile: Decodable {
    struct Provenance: Decodable {
        let command: String
        /// By qualified name, where their source is.
        let functions: [String: String]
        let notes: String
        let python: String
        let seed: Int
        /// Of packages, by name.
        let versions: [String: String]
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")
    static let names = ["models", "multi_axis", "rotate_half", "scaled_dot_product_attention", "scaling"]

    let provenance: Provenance
    let cases: [GoldenCase]

    init(_ name: String) throws {
        let text = try Data(contentsOf: Self.folder.appending(path: "\(name).json"))
        self = try JSONDecoder().decode(Self.self, from: text)
    }
}

/// A request, and what the public implementation makes of it.
struct GoldenCase: Decodable, CustomTestStringConvertible {
    let name: String
    let function: String
    let route: String
    let request: JSON
    let expected: JSON
    /// What rounding errors of attention scores grow with: scale·‖q‖·‖k‖ + |mask|, where a key has a weight.
    let scoreMagnitude: Double?

    private enum CodingKeys: String, CodingKey {
        case name, function, route, request, expected
        case scoreMagnitude = "score_magnitude"
    }

    var testDescription: String { name }

    var isFloat64: Bool { request["dtype"].string == "float64" }

    /// What the service answers.
    func answer() throws -> JSON {
        let response = answering("POST", route, body: try JSONEncoder().encode(request))
        try #require(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
        return try JSON(response.body)
    }
}
