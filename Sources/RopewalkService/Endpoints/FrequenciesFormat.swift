/// In which a ladder is answered, by the words that `format` takes.
enum FrequenciesFormat: String, CaseIterable {
    case json, csv, text, npy, safetensors

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv"
        case .text: "text/plain"
        case .npy: TensorFormat.npy.mediaType
        case .safetensors: TensorFormat.safetensors.mediaType
        }
    }

    /// Those that can hold an answer, which is of several tensors where positions are asked for.
    static func all(holdingPositions: Bool) -> [FrequenciesFormat] {
        holdingPositions ? allCases.filter { $0 != .npy } : allCases
    }
}
