import PositionalEncoding

/// Where the rows of `x` stand, from `positions` or `offset`.
enum OffsetFields {
    static let names = ["positions", "offset"]

    /// Positions that fit the shape of a tensor, by its name in messages. Throws where both fields are given, or one does not fit.
    static func read(_ fields: any Fields, for shape: TensorShape, of tensor: String, axes: PairAxes) throws
        -> Positions
    {
        // A file of queries and keys may have positions for each.
        let own = tensor + "_positions"
        let name = BinaryFields.positionNames.contains(own) && fields.contains(own) ? own : "positions"
        guard fields.contains(name) else {
            return try consecutive(fields, fields.ifGiven("offset", fields.number) ?? 0, shape)
        }
        guard !fields.contains("offset") else {
            throw Problem(
                .contradiction, at: fields.place(of: "offset"),
                "offset stands for positions offset, offset + 1, …, and positions are given as well; give one")
        }
        let list = try fields.positions(name, rowCount: shape.sequenceLength)
        let place = fields.place(of: name)
        if shape.rank == 1 {
            if list.axes.isEmpty {
                try PositionFields.check(list.numbers[0], place)
                return .consecutive(from: list.numbers[0])
            }
            guard axes != .single else {
                throw Problem(.wrongType, at: place, "\(tensor) is one vector, so positions must be one number")
            }
            return try ofOneVector(list, fields, axes, name, tensor)
        }
        guard !list.axes.isEmpty || list.isEitherWay else {
            throw Problem(
                .wrongType, at: place,
                "positions must be an array with one number a row; this is a number. For a first position that the others follow, there is offset"
            )
        }
        return try PositionFields(
            fields: fields, name: name, tensor: tensor, rowCount: shape.sequenceLength,
            listCount: shape.rank >= 3 ? shape.axes[0] : nil, axes: axes
        ).lists(list)
    }

    /// A number for each axis.
    private static func ofOneVector(
        _ list: PositionList, _ fields: any Fields, _ axes: PairAxes, _ name: String, _ tensor: String
    ) throws -> Positions {
        guard list.axes == [axes.count] else {
            throw Problem(
                .shapeMismatch, at: fields.place(of: name),
                "\(tensor) is one vector, and a position has \(axes.count) axes here; positions are as many numbers, or one that serves every axis"
            )
        }
        for (axis, position) in list.numbers.enumerated() {
            try PositionFields.check(position, fields.place(of: name, indices: [axis]))
        }
        return .perAxis(list.numbers.map { [[$0]] })
    }

    private static func consecutive(_ fields: any Fields, _ offset: Double, _ shape: TensorShape) throws -> Positions {
        let positions = Positions.consecutive(from: offset)
        guard positions.fit(shape) else {
            throw Problem(
                .outOfRange, at: fields.place(of: "offset"),
                "offset \(offset.shortest) leads to positions past 2^53 in magnitude in \(shape.sequenceLength) rows")
        }
        return positions
    }
}
