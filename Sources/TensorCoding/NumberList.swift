import PositionalEncoding

/// Float64 numbers in JSON: a list of them, or lists of one length in a list, or in lists of one length.
package struct NumberList: Sendable {
    /// Row-major.
    package let numbers: [Double]
    /// 1 to 3 of them, outermost first.
    package let axes: [Int]

    /// Throws `InvalidValue` where the value is no array, or no list of numbers nested up to three deep.
    package init(from decoder: any Decoder) throws {
        let value = JSONValue(decoder)
        guard let tensor = try value.tensor(of: Double.self, maxElements: .max) else {
            throw InvalidValue(
                .wrongType, at: value.place, "this must be an array of numbers, and is \(value.kind.rawValue)")
        }
        guard tensor.shape.rank <= 3 else {
            throw InvalidValue(
                .shapeMismatch, at: value.place,
                "this is nested \(tensor.shape.rank) deep; lists of numbers are nested up to 3")
        }
        numbers = tensor.elements
        axes = tensor.shape.axes
    }
}
