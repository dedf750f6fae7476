import TensorCoding

/// A format in which tensors come and go.
enum TensorFormat: String, Sendable, CaseIterable {
    case json
    case npy
    case safetensors
    /// The elements alone; shape and type stand beside them.
    case raw

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .npy: "application/x-npy"
        case .safetensors: "application/vnd.safetensors"
        case .raw: "application/octet-stream"
        }
    }

    /// Whether it has a name for a type of elements.
    func holds(_ type: FloatType) -> Bool { self != .npy || type != .bfloat16 }

    /// Whether it names tensors, so that there may be several.
    var holdsSeveral: Bool { self == .safetensors }

    /// Whether it holds so many tensors. `inJSON` says that JSON has a member for each.
    func holds(_ count: Int, inJSON: Bool) -> Bool {
        count == 1 || holdsSeveral || (inJSON && self == .json)
    }
}
