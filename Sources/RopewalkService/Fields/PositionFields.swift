import PositionalEncoding

/// Where the rows of a tensor stand, from a field of positions.
struct PositionFields {
    let fields: any Fields
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
        try lists(fields.positions(name, rowCounts: rowCount...rowCount))
    }

    func lists(_ written: PositionList) throws -> Positions {
        let list =
            written.isEitherWay ? PositionList(numbers: written.numbers, axes: [written.numbers.count]) : written
        switch (list.axes.count, axes == .single) {
        case (1, _):
            try check(list.numbers[...], [])
            return .shared(list.numbers)
        case (2, true):
            let lists = try batches(of: list, list.axes[0], [])(0, [])
            return lists.count == listCount ? .perBatch(lists) : .shared(lists[0])
        case (2...3, false):
            let names = axes.axes.map { "\($0)" }.joined(separator: ", ")
            guard list.axes[0] == axes.count else {
                throw Problem(
                    .shapeMismatch, at: fields.place(of: name),
                    "\(name) has \(list.axes[0].counted("list")), and a position has \(axes.count) axes here (\(names)); \(name) is [axes][seq] or [axes][batch][seq], or one list that serves every axis"
                )
            }
            let read = try list.axes.count == 3 ? batches(of: list, list.axes[1], [0]) : rows(of: list)
            return .perAxis(try (0..<axes.count).map { try read($0, [$0]) })
        case (0, _):
            throw Problem(
                .wrongType, at: fields.place(of: name),
                "\(name) must be an array with one number a row; this is a number")
        default:
            throw Problem(
                .shapeMismatch, at: fields.place(of: name),
                "\(name) is nested \(list.axes.count) deep; \(axes == .single ? "without axes in the scaling it is one number a row, or a list of such lists" : "it is [axes][seq] or [axes][batch][seq]")"
            )
        }
    }

    /// A number for each axis, or a list of one for each.
    static func ofOneVector(
        _ list: PositionList, _ name: String, _ fields: any Fields, _ axes: PairAxes, _ tensor: String
    ) throws -> Positions {
        guard list.numbers.count == axes.count, list.axes.first == axes.count else {
            throw Problem(
                .shapeMismatch, at: fields.place(of: name),
                "\(tensor) is one vector, and a position has \(axes.count) axes here; \(name) is as many numbers, or one that serves every axis"
            )
        }
        for (axis, position) in list.numbers.enumerated() {
            try check(position, fields.place(of: name, indices: list.axes.count == 1 ? [axis] : [axis, 0]))
        }
        return .perAxis(list.numbers.map { [[$0]] })
    }

    /// Reads the one list that an axis has, by its index.
    private func rows(of list: PositionList) -> (Int, [Int]) throws -> [[Double]] {
        let length = list.axes[1]
        return { axis, place in
            let numbers = list.numbers[axis * length..<(axis + 1) * length]
            try check(numbers, place)
            return [Array(numbers)]
        }
    }

    /// Reads the lists of batches that an axis has, by its index. Throws unless there are as many as batches, or one for all.
    private func batches(of list: PositionList, _ count: Int, _ place: [Int]) throws
        -> (Int, [Int]) throws -> [[Double]]
    {
        guard let listCount else {
            throw Problem(
                .shapeMismatch, at: fields.place(of: name, indices: place),
                "\(name) holds a list for each batch, and \(tensor) has no axis for them; give one number a row")
        }
        guard count == listCount || count == 1 else {
            throw Problem(
                .shapeMismatch, at: fields.place(of: name, indices: place),
                "\(name) has \(count.counted("list")), and the first axis of \(tensor) has \(listCount); one list serves all"
            )
        }
        let length = list.axes[list.axes.count - 1]
        return { axis, place in
            try (0..<count).map { batch in
                let first = (axis * count + batch) * length
                let numbers = list.numbers[first..<first + length]
                try check(numbers, place + [batch])
                return Array(numbers)
            }
        }
    }

    /// Throws unless there is one number in bounds a row.
    private func check(_ numbers: ArraySlice<Double>, _ place: [Int]) throws {
        guard numbers.count == rowCount else {
            throw Problem(
                .shapeMismatch, at: fields.place(of: name, indices: place),
                "\(name) has \(numbers.count.numbers) here, and the sequence of \(tensor) has \(rowCount.rows)")
        }
        if let index = numbers.firstIndex(where: { !Positions.isInBounds($0) }) {
            try Self.check(numbers[index], fields.place(of: name, indices: place + [index - numbers.startIndex]))
        }
    }

    static func check(_ position: Double, _ place: Place) throws {
        guard Positions.isInBounds(position) else {
            throw Problem(
                .outOfRange, at: place,
                "a position is at most 2^53 in magnitude; this is \(position.shortest)")
        }
    }
}
