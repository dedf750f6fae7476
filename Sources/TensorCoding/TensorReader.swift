import PositionalEncoding

/// Reads the two forms of a tensor from a decoder.
struct TensorReader<Leaf: TensorLeaf> {
    let maxElements: Int

    private enum Key: String, CodingKey { case shape, data }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Throws `InvalidValue`.
    func read(_ decoder: any Decoder) throws -> (Tensor<Leaf>, JSONTensor.Form) {
        if let rows = try? decoder.unkeyedContainer() { return (try nested(decoder, rows), .nested) }
        let place = JSONPointer(decoder.codingPath)
        guard let object = try? decoder.container(keyedBy: AnyKey.self) else {
            let found = JSONValueKind(of: decoder).rawValue
            throw InvalidValue(
                .wrongType, at: place, "a tensor is an array, or an object of shape and data; this is \(found)")
        }
        if let unknown = object.allKeys.map(\.stringValue).sorted().first(where: { Key(stringValue: $0) == nil }) {
            throw InvalidValue(
                .unknownKey, at: place.appending(unknown), "a tensor has the keys shape and data, and no \(unknown)")
        }
        return (try flat(decoder, place), .flat)
    }

    // MARK: Flat

    private func flat(_ decoder: any Decoder, _ place: JSONPointer) throws -> Tensor<Leaf> {
        let object = try decoder.container(keyedBy: Key.self)
        for key in [Key.shape, .data] where !object.contains(key) {
            throw InvalidValue(
                .missingKey, at: place.appending(key.rawValue), "a tensor in flat form needs \(key.rawValue)")
        }
        let shapePlace = place.appending("shape")
        guard let axes = try? object.decode([Int].self, forKey: .shape) else {
            throw InvalidValue(.shapeMismatch, at: shapePlace, "a shape is an array of whole numbers")
        }
        try checkAxes(axes, shapePlace)
        let data = try object.superDecoder(forKey: .data)
        let dataPlace = place.appending("data")
        guard let count = (try? data.unkeyedContainer()).flatMap(\.count) else {
            let found = JSONValueKind(of: data).rawValue
            throw InvalidValue(.wrongType, at: dataPlace, "data is an array of numbers; this is \(found)")
        }
        // A row where a number is wanted says more than the count that it spoils.
        var first = try data.unkeyedContainer()
        guard (try? first.nestedUnkeyedContainer()) == nil else {
            throw InvalidValue(
                .wrongType, at: dataPlace.appending(0),
                "data is flat, numbers only; this is an array. Nested rows go without a shape")
        }
        // Before the limit: what is announced and not sent is not large.
        guard let shape = TensorShape(axes), shape.count == count else {
            let announced = TensorShape(axes).map { "\($0.count)" } ?? "2^63 or more"
            throw InvalidValue(
                .shapeMismatch, at: shapePlace, "the shape \(axes) is of \(announced) elements, and data has \(count)")
        }
        try checkCount(count, place)
        return Tensor(shape: shape, elements: try leaves(data, dataPlace))
    }

    private func checkAxes(_ axes: [Int], _ place: JSONPointer) throws {
        guard (1...TensorShape.maxRank).contains(axes.count) else {
            throw InvalidValue(
                .shapeMismatch, at: place, "a shape has 1 to \(TensorShape.maxRank) axes; this has \(axes.count)")
        }
        guard axes.allSatisfy({ $0 > 0 }) else {
            let kind: InvalidValue.Kind = axes.contains(0) ? .empty : .shapeMismatch
            throw InvalidValue(kind, at: place, "each axis of a shape is at least 1; this is \(axes)")
        }
    }

    // MARK: Nested

    private func nested(_ decoder: any Decoder, _ outermost: any UnkeyedDecodingContainer) throws -> Tensor<Leaf> {
        let place = JSONPointer(decoder.codingPath)
        let shape = try announcedShape(outermost, place)
        try checkCount(shape.count, place)
        guard shape.rank > 1 else { return Tensor(shape: shape, elements: try leaves(decoder, place)) }
        var elements: [Leaf] = []
        elements.reserveCapacity(shape.count)
        var rows = outermost
        try append(rows: &rows, axes: shape.axes[1...], to: &elements, place)
        return Tensor(shape: shape, elements: elements)
    }

    /// The shape by the first row of each axis; whether the others are like it is seen when they are read.
    private func announcedShape(_ outermost: any UnkeyedDecodingContainer, _ place: JSONPointer) throws -> TensorShape {
        var axes: [Int] = []
        var first: (any UnkeyedDecodingContainer)? = outermost
        while let rows = first {
            axes.append(rows.count ?? 0)
            var inner = rows
            first = try? inner.nestedUnkeyedContainer()
        }
        guard !axes.contains(0) else { throw InvalidValue(.empty, at: place, "a tensor holds at least one number") }
        guard let shape = TensorShape(axes) else {
            throw InvalidValue(
                .shapeMismatch, at: place, "a tensor has at most \(TensorShape.maxRank) axes; this has \(axes.count)")
        }
        return shape
    }

    /// Appends each row; all have the axes given, and a row of one axis is numbers.
    private func append(
        rows: inout any UnkeyedDecodingContainer, axes: ArraySlice<Int>, to elements: inout [Leaf],
        _ place: JSONPointer
    ) throws {
        guard let length = axes.first else { return }
        while !rows.isAtEnd {
            let rowPlace = place.appending(rows.currentIndex)
            if axes.count == 1, let row = try? rows.decode([Leaf].self) {
                try checkLength(row.count, length, rowPlace)
                elements += row
                continue
            }
            guard var row = try? rows.nestedUnkeyedContainer() else {
                throw InvalidValue(
                    .ragged, at: rowPlace, "its neighbours are arrays of \(length), and this is not an array")
            }
            try checkLength(row.count ?? 0, length, rowPlace)
            if axes.count == 1 {
                try appendLeaves(from: &row, to: &elements, rowPlace, isRow: true)
            } else {
                try append(rows: &row, axes: axes.dropFirst(), to: &elements, rowPlace)
            }
        }
    }

    private func checkLength(_ count: Int, _ expected: Int, _ place: JSONPointer) throws {
        guard count == expected else {
            throw InvalidValue(
                .ragged, at: place, "this row has length \(count), and the first of its axis has length \(expected)")
        }
    }

    private func checkCount(_ count: Int, _ place: JSONPointer) throws {
        guard count <= maxElements else {
            throw InvalidValue(.tooManyElements(limit: maxElements), at: place, "there are \(count) elements here")
        }
    }

    // MARK: Leaves

    private func leaves(_ decoder: any Decoder, _ place: JSONPointer) throws -> [Leaf] {
        if let leaves = try? decoder.singleValueContainer().decode([Leaf].self) { return leaves }
        var array = try decoder.unkeyedContainer()
        var leaves: [Leaf] = []
        try appendLeaves(from: &array, to: &leaves, place, isRow: false)
        return leaves
    }

    /// One by one, for arrays that Foundation refuses: to find the element that is to blame, or a number that is only tiny.
    private func appendLeaves(
        from array: inout any UnkeyedDecodingContainer, to leaves: inout [Leaf], _ place: JSONPointer, isRow: Bool
    ) throws {
        while !array.isAtEnd {
            let index = array.currentIndex
            if let leaf = try? array.decode(Leaf.self) {
                leaves.append(leaf)
            } else if let wide = try? array.decode(Double.self), let leaf = Leaf(rounding: wide) {
                // Foundation's float32 reader refuses what overflows and what rounds to 0, and nothing between.
                guard abs(wide) < 1 else {
                    throw InvalidValue(.overflow, at: place.appending(index), "\(wide) is too large for float32")
                }
                leaves.append(leaf)
            } else {
                let found = (try? array.superDecoder()).map { JSONValueKind(of: $0) }
                if isRow && found == .array {
                    throw InvalidValue(
                        .ragged, at: place.appending(index), "its neighbours are no arrays, and this is an array")
                }
                throw InvalidValue(
                    .wrongType, at: place.appending(index),
                    "an element of this tensor is \(Leaf.noun); this is \(found?.rawValue ?? "none")")
            }
        }
    }
}
