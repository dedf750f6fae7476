/// A list of float64 numbers in JSON.
package struct NumberList: Sendable {
    package let numbers: [Double]

    /// Throws `InvalidValue` where the value is no array, or the first element that is no number.
    package init(from decoder: any Decoder, at place: JSONPointer) throws {
        if let numbers = try? decoder.singleValueContainer().decode([Double].self) {
            self.numbers = numbers
            return
        }
        guard var array = try? decoder.unkeyedContainer() else {
            let found = JSONValueKind(of: decoder).rawValue
            throw InvalidValue(.wrongType, at: place, "this must be an array of numbers, and is \(found)")
        }
        var numbers: [Double] = []
        while !array.isAtEnd {
            let index = array.currentIndex
            guard let number = try? array.decode(Double.self) else {
                let found = (try? array.superDecoder()).map { JSONValueKind(of: $0).rawValue } ?? "none"
                throw InvalidValue(.wrongType, at: place.appending(index), "this must be a number, and is \(found)")
            }
            numbers.append(number)
        }
        self.numbers = numbers
    }
}
