import PositionalEncoding
import TensorCoding

/// Where the rows of a tensor stand, from a field of positions.
struct PositionFields {
    let fields: JSONFields
    /// Of the field that holds the positions.
    let name: String
    /// What the tensor is called in messages.
    let tensor: String
    /// s, the rows of a sequence.
    let rowCount: Int
    /// How many lists the field may hold in place of one; nil where the tensor has no axis for them.
    let listCount: Int?

    /// Positions that fit the rows.
    func lists() throws -> Positions {
        let place = JSONPointer([name])
        let list: NumberList
        do {
            list = try NumberList(from: fields.decoder(of: name))
        } catch let error as InvalidValue where error.kind == .wrongType && error.pointer == place {
            let found = JSONValueKind(of: try fields.decoder(of: name)).rawValue
            throw Problem(
                .wrongType, at: .pointer(place), "\(name) must be an array with one number a row; this is \(found)")
        }
        guard let count = list.listCount else {
            try check(list.numbers[...], place)
            return .shared(list.numbers)
        }
        guard let listCount else {
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "\(name) holds a list for each batch, and \(tensor) has no axis for them; give one number a row")
        }
        guard count == listCount else {
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "\(name) has \(count) lists, and the first axis of \(tensor) has \(listCount); one list without brackets around it serves all"
            )
        }
        let length = list.numbers.count / count
        return .perBatch(
            try (0..<count).map { index in
                let numbers = list.numbers[index * length..<(index + 1) * length]
                try check(numbers, place.appending(index))
                return Array(numbers)
            })
    }

    /// Throws unless there is one number in bounds a row.
    private func check(_ numbers: ArraySlice<Double>, _ place: JSONPointer) throws {
        guard numbers.count == rowCount else {
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "there are \(numbers.count) positions here, and the sequence has \(rowCount) rows")
        }
        if let index = numbers.firstIndex(where: { !Positions.isInBounds($0) }) {
            try Self.check(numbers[index], place.appending(index - numbers.startIndex))
        }
    }

    static func check(_ position: Double, _ place: JSONPointer) throws {
        guard Positions.isInBounds(position) else {
            throw Problem(
                .outOfRange, at: .pointer(place),
                "a position is at most 2^53 in magnitude; this is \(position.shortest)")
        }
    }
}
