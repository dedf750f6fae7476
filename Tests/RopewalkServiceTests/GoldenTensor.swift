import Testing

/// A tensor of a request or an answer, in either form.
struct GoldenTensor {
    private(set) var axes: [Int] = []
    private(set) var elements: [Double] = []

    init(_ json: JSON) throws {
        if case .object = json {
            axes = try json["shape"].elements.map { Int(try #require($0.number)) }
            elements = try json["data"].elements.map { try #require($0.number) }
        } else {
            var first = json
            while case .array(let parts) = first {
                axes.append(parts.count)
                first = try #require(parts.first)
            }
            try append(json)
        }
        try #require(elements.count == axes.reduce(1, *) && !axes.isEmpty)
    }

    private mutating func append(_ json: JSON) throws {
        guard case .array(let parts) = json else { return elements.append(try #require(json.number)) }
        for part in parts { try append(part) }
    }

    /// The largest difference from another tensor, in units of what each element may differ.
    func largestDifference(from other: GoldenTensor, allowing tolerances: [Double]) throws -> Double {
        try #require(axes == other.axes && elements.count == tolerances.count)
        return elements.indices.reduce(0) { largest, index in
            let difference = abs(elements[index] - other.elements[index])
            let ratio = difference == 0 ? 0 : difference / tolerances[index]
            return ratio.isNaN ? .infinity : max(largest, ratio)
        }
    }
}
