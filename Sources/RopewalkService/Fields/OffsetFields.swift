import PositionalEncoding
import TensorCoding

/// Where the rows of `x` stand, from `positions` or `offset`.
enum OffsetFields {
    static let names = ["positions", "offset"]

    /// Positions that fit the shape. Throws where both fields are given, or one does not fit.
    static func read(_ fields: JSONFields, for shape: TensorShape, axes: PairAxes) throws -> Positions {
        guard fields.contains("positions") else {
            return try consecutive(fields, fields.ifGiven("offset", fields.number) ?? 0, shape)
        }
        guard !fields.contains("offset") else {
            throw Problem(
                .contradiction, at: fields.place(of: "offset"),
                "offset stands for positions offset, offset + 1, …, and positions are given as well; give one")
        }
        let position = try? fields.number("positions")
        switch (shape.rank, position) {
        case (1, let position?):
            try PositionFields.check(position, JSONPointer(["positions"]))
            return .consecutive(from: position)
        case (1, nil) where axes != .single:
            return try ofOneVector(fields, axes)
        case (1, nil):
            throw Problem(
                .wrongType, at: fields.place(of: "positions"), "x is one vector, so positions must be one number")
        case (_, .some):
            throw Problem(
                .wrongType, at: fields.place(of: "positions"),
                "positions must be an array with one number a row; this is a number. For a first position that the others follow, there is offset"
            )
        default:
            return try PositionFields(
                fields: fields, name: "positions", tensor: "x", rowCount: shape.sequenceLength,
                listCount: shape.rank >= 3 ? shape.axes[0] : nil, axes: axes
            ).lists()
        }
    }

    /// A number for each axis.
    private static func ofOneVector(_ fields: JSONFields, _ axes: PairAxes) throws -> Positions {
        let numbers = try fields.numbers("positions")
        guard numbers.count == axes.count else {
            throw Problem(
                .shapeMismatch, at: fields.place(of: "positions"),
                "x is one vector, and a position has \(axes.count) axes here; positions are as many numbers, or one that serves every axis"
            )
        }
        for (axis, position) in numbers.enumerated() {
            try PositionFields.check(position, JSONPointer(["positions"]).appending(axis))
        }
        return .perAxis(numbers.map { [[$0]] })
    }

    private static func consecutive(_ fields: JSONFields, _ offset: Double, _ shape: TensorShape) throws -> Positions {
        let positions = Positions.consecutive(from: offset)
        guard positions.fit(shape) else {
            throw Problem(
                .outOfRange, at: fields.place(of: "offset"),
                "offset \(offset.shortest) leads to positions past 2^53 in magnitude in \(shape.sequenceLength) rows")
        }
        return positions
    }
}
