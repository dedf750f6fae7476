import PositionalEncoding

/// Float64 numbers in JSON: a list of them, or a list of lists of one length.
package struct NumberList: Sendable {
    /// Row-major.
    package let numbers: [Double]
    /// How many lists there are; nil where the numbers stand in one list alone.
    package let listCount: Int?

    /// Throws `InvalidValue` where the value is no array, or is no list nor list of lists of numbers.
    package init(from decoder: any Decoder) throws {
        let place = decoder.place
        guard let tensor = try decoder.arrays.tensor(of: Double.self, at: place, maxElements: .max) else {
            let found = JSONValueKind(of: decoder).rawValue
            throw InvalidValue(.wrongType, at: place, "this must be an array of numbers, and is \(found)")
        }
        guard tensor.shape.rank <= 2 else {
            throw InvalidValue(.shapeMismatch, at: place, "this must be a list of numbers, or a list of such lists")
        }
        numbers = tensor.elements
        listCount = tensor.shape.rank == 2 ? tensor.shape.axes[0] : nil
    }
}
