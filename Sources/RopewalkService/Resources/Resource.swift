import CResources
import FoundationEssentials

/// A file of the repository that is part of the binary.
enum Resource {
    static var openAPIYAML: Data { unsafe data(CResources_openapi_yaml()) }
    static var openAPIJSON: Data { unsafe data(CResources_openapi_json()) }
    static var models: Data { unsafe data(CResources_models_json()) }

    private static func data(_ bytes: CResources_Bytes) -> Data {
        unsafe Data(UnsafeBufferPointer(start: bytes.start, count: bytes.count))
    }
}
