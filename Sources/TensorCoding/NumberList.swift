import PositionalEncoding

/// Float64 numbers in JSON: a list of them, or lists of one length in a list, or in lists of one length.
package struct NumberList: Sendable {
    /// Row-major.
    package let numbers: [Double]
    /// 1 to 3 of them, outermost first.
    package let axes: [Int]

    /// Throws `InvalidValue` where the value is no array, or no list of numbers nested up to three deep.
    package init(from decoder: any Decoder) throws {
        let place = decoder.place
        guard let tensor = try decoder.arrays.tensor(of: Double.self, at: place, maxElements: .max) else {
            let found = JSONValueKind(of: decoder).rawValue
            throw InvalidValue(.wrongType, at: place, "this must be an array of numbers, and is \(found)")
        }
        guard tensor.shape.rank <= 3 else {
            throw InvalidValue(
                .shapeMismatch, at: place,
                "this is nested \(tensor.shape.rank) deep; lists of numbers are nested up to 3")
        }
        numbers = tensor.elements
        axes = tensor.shape.axes
    }
}
