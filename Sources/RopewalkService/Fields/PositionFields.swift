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
    /// Those that a position has: lists in a list are of them then, and not of batches.
    let axes: PairAxes

    /// Positions that fit the rows; one list serves every axis.
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
        switch (list.axes.count, axes == .single) {
        case (1, _):
            try check(list.numbers[...], place)
            return .shared(list.numbers)
        case (2, true):
            return .perBatch(try batches(of: list, list.axes[0], place)(0, place))
        case (2...3, false):
            let names = axes.axes.map { "\($0)" }.joined(separator: ", ")
            guard list.axes[0] == axes.count else {
                throw Problem(
                    .shapeMismatch, at: .pointer(place),
                    "\(name) has \(list.axes[0]) lists, and a position has \(axes.count) axes here (\(names)); \(name) is [axes][seq] or [axes][batch][seq], or one list that serves every axis"
                )
            }
            let read = try list.axes.count == 3 ? batches(of: list, list.axes[1], place.appending(0)) : rows(of: list)
            return .perAxis(try (0..<axes.count).map { try read($0, place.appending($0)) })
        default:
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "\(name) is nested \(list.axes.count) deep; without axes in the scaling it is one number a row, or a list of such lists"
            )
        }
    }

    /// Reads the one list that an axis has, by its index.
    private func rows(of list: NumberList) -> (Int, JSONPointer) throws -> [[Double]] {
        let length = list.axes[1]
        return { axis, place in
            let numbers = list.numbers[axis * length..<(axis + 1) * length]
            try check(numbers, place)
            return [Array(numbers)]
        }
    }

    /// Reads the lists of batches that an axis has, by its index. Throws unless there are as many as batches.
    private func batches(of list: NumberList, _ count: Int, _ place: JSONPointer) throws
        -> (Int, JSONPointer) throws -> [[Double]]
    {
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
        let length = list.axes[list.axes.count - 1]
        return { axis, place in
            try (0..<count).map { batch in
                let first = (axis * count + batch) * length
                let numbers = list.numbers[first..<first + length]
                try check(numbers, place.appending(batch))
                return Array(numbers)
            }
        }
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
