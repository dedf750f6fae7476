import FoundationEssentials

/// openapi.yaml as it stands at the top of the repository, and the same as JSON (`json`, made while building).
enum OpenAPI {
    static var yaml: Data { Data(PackageResources.openapi_yaml) }
}
