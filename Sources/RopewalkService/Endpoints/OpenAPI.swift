import FoundationEssentials

/// openapi.yaml as it stands at the top of the repository, and the same as JSON (`json`, made while building).
enum OpenAPI {
    static let yaml = Data(PackageResources.openapi_yaml)
}
