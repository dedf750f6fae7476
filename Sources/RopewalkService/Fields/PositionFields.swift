import PositionalEncoding
import TensorCoding

/// Where the rows of a tensor stand, from `positions` or `offset`.
enum PositionFields {
    static let names = ["positions", "offset"]

    /// Positions that fit the shape. Throws where both fields are given, or one does not fit.
    static func read(_ fields: JSONFields, for shape: TensorShape) throws -> Positions {
        guard fields.contains("positions") else {
            return try consecutive(fields, fields.ifGiven("offset", fields.number) ?? 0, shape)
        }
        guard !fields.contains("offset") else {
            throw Problem(
                .contradiction, at: fields.place(of: "offset"),
                "offset stands for positions offset, offset + 1, …, and positions are given as well; give one")
        }
        if shape.rank == 1 {
            guard let position = try? fields.number("positions") else {
                throw Problem(
                    .wrongType, at: fields.place(of: "positions"), "x is one vector, so positions must be one number")
            }
            try check(position, JSONPointer(["positions"]))
            return .consecutive(from: position)
        }
        return try lists(fields, shape)
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

    private static func lists(_ fields: JSONFields, _ shape: TensorShape) throws -> Positions {
        let place = JSONPointer(["positions"])
        let decoder = try fields.decoder(of: "positions")
        guard var outer = try? decoder.unkeyedContainer() else {
            throw Problem(
                .wrongType, at: .pointer(place),
                "positions must be an array with one number a row; this is \(JSONValueKind(of: decoder).rawValue)\(offsetHint(decoder))"
            )
        }
        var probe = outer
        guard (try? probe.nestedUnkeyedContainer()) != nil else {
            return .shared(try list(decoder, place, length: shape.sequenceLength))
        }
        guard shape.rank >= 3 else {
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "positions holds a list for each batch, and x of rank \(shape.rank) has no batch axis; give one number a row"
            )
        }
        guard outer.count == shape.axes[0] else {
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "positions has \(outer.count ?? 0) lists, and the first axis of x has \(shape.axes[0])")
        }
        var lists: [[Double]] = []
        while !outer.isAtEnd {
            let listPlace = place.appending(outer.currentIndex)
            lists.append(try list(outer.superDecoder(), listPlace, length: shape.sequenceLength))
        }
        return .perBatch(lists)
    }

    /// For a number where a list is wanted.
    private static func offsetHint(_ decoder: any Decoder) -> String {
        JSONValueKind(of: decoder) == .number ? ". For a first position that the others follow, there is offset" : ""
    }

    /// One number a row.
    private static func list(_ decoder: any Decoder, _ place: JSONPointer, length: Int) throws -> [Double] {
        let numbers = try NumberList(from: decoder, at: place).numbers
        guard numbers.count == length else {
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "there are \(numbers.count) positions here, and the sequence has \(length) rows")
        }
        for (index, position) in numbers.enumerated() { try check(position, place.appending(index)) }
        return numbers
    }

    private static func check(_ position: Double, _ place: JSONPointer) throws {
        guard Positions.isInBounds(position) else {
            throw Problem(
                .outOfRange, at: .pointer(place),
                "a position is at most 2^53 in magnitude; this is \(position.shortest)")
        }
    }
}
