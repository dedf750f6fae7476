import FoundationEssentials

/// openapi.yaml as it stands at the top of the repository, and the same as JSON, which `make openapi` writes.
enum OpenAPI {
    static var yaml: Data { Resource.openAPIYAML }
    static var json: Data { Resource.openAPIJSON }
}
