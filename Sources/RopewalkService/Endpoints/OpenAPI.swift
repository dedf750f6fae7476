import FoundationEssentials

/// openapi.yaml as it is at the top of the repository, and the same as JSON, which `make openapi` writes.
///
/// The URL of its server is relative to the document's own, so that it holds behind a proxy's path prefix; where a proxy names
/// the prefix, the URL is the prefix, which holds for a copy of the document as well.
enum OpenAPI {
    static var yaml: Data { Resource.openAPIYAML }
    static var json: Data { Resource.openAPIJSON }

    static let yamlServer = "servers:\n  - url: .\n"
    static let jsonServer = "\"url\" : \".\"\n"

    static func yaml(_ prefix: PathPrefix?) -> Data { yaml.replacingServer(yamlServer, prefix) }
    static func json(_ prefix: PathPrefix?) -> Data { json.replacingServer(jsonServer, prefix) }
}

extension Data {
    /// `server` is the text that holds the URL, with a dot for it.
    fileprivate func replacingServer(_ server: String, _ prefix: PathPrefix?) -> Data {
        guard let prefix, let found = firstRange(of: Data(server.utf8)) else { return self }
        return self[..<found.lowerBound] + Data(server.replacing(".", with: prefix.path).utf8)
            + self[found.upperBound...]
    }
}
