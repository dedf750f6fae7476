import PositionalEncoding

/// Where the rows of `x` stand, from `positions` or `offset`.
enum OffsetFields {
    static let names = ["positions", "offset"]

    /// Positions that fit the shape of a tensor, by its name in messages, and of one vector how many positions it is wanted at:
    /// nil for one. Throws where both fields are given, or one does not fit.
    ///
    /// `maxElements` is what the answer may hold.
    static func read(
        _ fields: any Fields, for shape: TensorShape, of tensor: String, axes: PairAxes, maxElements: Int
    ) throws -> (positions: Positions, copies: Int?) {
        // A file of queries and keys may have positions for each.
        let own = tensor + "_positions"
        let name = BinaryFields.positionNames.contains(own) && fields.contains(own) ? own : "positions"
        guard fields.contains(name) else {
            return (try consecutive(fields, fields.ifGiven("offset", fields.number) ?? 0, shape, tensor), nil)
        }
        guard !fields.contains("offset") else {
            throw Problem(
                .contradiction, at: fields.place(of: "offset"),
                "offset stands for positions offset, offset + 1, …, and positions are given as well; give one")
        }
        let length = shape.sequenceLength
        let rowCounts = shape.rank == 1 ? 1...max(1, maxElements / shape.dimension) : length...length
        let list = try fields.positions(name, rowCounts: rowCounts)
        let place = fields.place(of: name)
        if shape.rank == 1 {
            if list.axes.isEmpty {
                try PositionFields.check(list.numbers[0], place)
                return (.consecutive(from: list.numbers[0]), nil)
            }
            // One position for each axis, or for several positions a list of them for each axis.
            guard axes == .single || (list.axes.count == 2 && list.axes[1] > 1) else {
                return (try PositionFields.ofOneVector(list, name, fields, axes, tensor), nil)
            }
            let copies = list.axes[list.axes.count - 1]
            guard rowCounts.contains(copies) else {
                let (count, overflow) = copies.multipliedReportingOverflow(by: shape.dimension)
                throw AnswerWriter.tooManyElements(overflow ? .max : count, limit: maxElements)
            }
            let positions = try PositionFields(
                fields: fields, name: name, tensor: tensor, rowCount: copies, listCount: nil, axes: axes
            ).lists(list)
            return (positions, copies)
        }
        guard !list.axes.isEmpty || list.isEitherWay else {
            throw Problem(
                .wrongType, at: place,
                "\(name) must be an array with one number a row; this is a number. For a first position that the others follow, there is offset"
            )
        }
        let positions = try PositionFields(
            fields: fields, name: name, tensor: tensor, rowCount: length,
            listCount: shape.rank >= 3 ? shape.axes[0] : nil, axes: axes
        ).lists(list)
        return (positions, nil)
    }

    private static func consecutive(
        _ fields: any Fields, _ offset: Double, _ shape: TensorShape, _ tensor: String
    ) throws -> Positions {
        let positions = Positions.consecutive(from: offset)
        guard positions.fit(shape) else {
            throw Problem(
                .outOfRange, at: fields.place(of: "offset"),
                "offset \(offset.shortest) leads to positions beyond 2^53 in magnitude in \(shape.sequenceLength.rows) of \(tensor)"
            )
        }
        return positions
    }
}
