/// In which a ladder is answered, by the words that `format` takes.
enum FrequenciesFormat: String, CaseIterable {
    case json, csv, text

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv"
        case .text: "text/plain"
        }
    }
}
