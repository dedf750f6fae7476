import FoundationEssentials

/// openapi.yaml as it stands at the top of the repository, and the same as JSON, which `make openapi` writes.
enum OpenAPI {
    static var yaml: Data { Data(PackageResources.openapi_yaml) }
    static var json: Data { Data(PackageResources.openapi_json) }
}
