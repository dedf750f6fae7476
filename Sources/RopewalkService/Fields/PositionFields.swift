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
        let decoder = try fields.decoder(of: name)
        guard var outer = try? decoder.unkeyedContainer() else {
            throw Problem(
                .wrongType, at: .pointer(place),
                "\(name) must be an array with one number a row; this is \(JSONValueKind(of: decoder).rawValue)")
        }
        var probe = outer
        guard (try? probe.nestedUnkeyedContainer()) != nil else { return .shared(try list(decoder, place)) }
        guard let listCount else {
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "\(name) holds a list for each batch, and \(tensor) has no axis for them; give one number a row")
        }
        guard outer.count == listCount else {
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "\(name) has \(outer.count ?? 0) lists, and the first axis of \(tensor) has \(listCount); one list without brackets around it serves all"
            )
        }
        var lists: [[Double]] = []
        while !outer.isAtEnd {
            let listPlace = place.appending(outer.currentIndex)
            lists.append(try list(outer.superDecoder(), listPlace))
        }
        return .perBatch(lists)
    }

    /// One number a row.
    private func list(_ decoder: any Decoder, _ place: JSONPointer) throws -> [Double] {
        let numbers = try NumberList(from: decoder, at: place).numbers
        guard numbers.count == rowCount else {
            throw Problem(
                .shapeMismatch, at: .pointer(place),
                "there are \(numbers.count) positions here, and the sequence has \(rowCount) rows")
        }
        for (index, position) in numbers.enumerated() { try Self.check(position, place.appending(index)) }
        return numbers
    }

    static func check(_ position: Double, _ place: JSONPointer) throws {
        guard Positions.isInBounds(position) else {
            throw Problem(
                .outOfRange, at: .pointer(place),
                "a position is at most 2^53 in magnitude; this is \(position.shortest)")
        }
    }
}
