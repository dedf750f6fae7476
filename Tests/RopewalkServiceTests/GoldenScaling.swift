import FoundationEssentials
import Testing

/// A case of scaling.json: a request to /rope/apply, and the ladder behind it.
struct GoldenScaling {
    let golden: GoldenCase
    let x: GoldenTensor
    let positions: [Double]
    /// In rad per position, by mpmath, each the float64 nearest to it.
    let truth: [Double]

    init(_ golden: GoldenCase) throws {
        self.golden = golden
        x = try GoldenTensor(golden.request["x"])
        positions = golden.request["positions"].elements.compactMap(\.number)
        truth = golden.expected["truth"].elements.compactMap(\.number)
        try #require(positions.count == x.axes[2] && truth.count == dimension / 2)
    }

    var dimension: Int { x.axes[3] }

    /// What /frequencies says of the same ladder.
    func frequencies(precision: String = "float64") throws -> (inverse: [Double], attentionFactor: Double) {
        let scaling = golden.request["scaling"]
        let keys = scaling.names.map { name in
            let list = scaling[name].elements
            if case .boolean(let flag) = scaling[name] { return "\(name)=\(flag)" }
            return "\(name)=\(list.isEmpty ? scaling[name].text : list.map(\.text).joined(separator: ","))"
        }
        let length = try #require(positions.max()) + 1
        let query = [
            "dim=\(dimension)", "base=\(golden.request["base"].text)", "seq_len=\(Int(length))",
            "precision=\(precision)",
        ]
        let response = answering("GET", "/frequencies?" + (query + keys).joined(separator: "&"))
        try #require(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
        let answer = try JSON(response.body)
        return (answer["inv_freq"].elements.compactMap(\.number), try #require(answer["attention_factor"].number))
    }

    /// What /rope/apply answers.
    func rotated(precision: String) throws -> [Double] {
        guard case .object(var request) = golden.request else { return [] }
        request["precision"] = .string(precision)
        let response = answering("POST", "/rope/apply", body: try JSONEncoder().encode(JSON.object(request)))
        try #require(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
        return try GoldenTensor(JSON(response.body)["y"]).elements
    }

    /// Both elements of each pair, by row and pair.
    func pairs(of elements: [Double]) -> [(row: Int, pair: Int, first: Double, second: Double)] {
        positions.indices.flatMap { row in
            truth.indices.map { pair in
                let first = row * dimension + pair
                return (row, pair, elements[first], elements[first + dimension / 2])
            }
        }
    }
}
