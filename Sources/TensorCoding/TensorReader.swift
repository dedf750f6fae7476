import FoundationEssentials
import PositionalEncoding

/// Reads the forms of a tensor from a decoder.
struct TensorReader<Element: ArrayElement> {
    let maxElements: Int

    private enum Key: String, CodingKey, CaseIterable { case shape, data, base64 }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Throws `InvalidValue`.
    func read(_ decoder: any Decoder) throws -> (tensor: Tensor<Element>, form: JSONTensor.Form) {
        let place = decoder.place
        if let tensor = try decoder.arrays.tensor(of: Element.self, at: place, maxElements: maxElements) {
            return (tensor, .nested)
        }
        guard let object = try? decoder.container(keyedBy: AnyKey.self) else {
            let found = JSONValueKind(of: decoder).rawValue
            throw InvalidValue(
                .wrongType, at: place, "a tensor is an array, or an object of shape and data; this is \(found)")
        }
        let keys = Set(object.allKeys.map(\.stringValue))
        if let unknown = keys.sorted().first(where: { Key(stringValue: $0) == nil }) {
            throw InvalidValue(
                .unknownKey, at: place.appending(unknown.clipped),
                "a tensor has the keys shape and data, or shape and base64, and no \(unknown.clipped)")
        }
        guard keys.contains("shape") else {
            throw InvalidValue(.missingKey, at: place.appending("shape"), "a tensor that is an object needs shape")
        }
        let shape = try shape(decoder, place.appending("shape"))
        switch (keys.contains("data"), keys.contains("base64")) {
        case (true, true):
            throw InvalidValue(.contradiction, at: place.appending("base64"), "a tensor has data or base64, not both")
        case (true, false):
            return (try flat(decoder, shape, place), .flat)
        case (false, true):
            let container = try decoder.container(keyedBy: Key.self)
            return (try base64(container, shape, decoder.arrays, place), .base64)
        case (false, false):
            throw InvalidValue(
                .missingKey, at: place.appending("data"), "a tensor that is an object needs data, or base64")
        }
    }

    private func shape(_ decoder: any Decoder, _ place: JSONPointer) throws -> TensorShape {
        if let count = decoder.arrays.elementCount(at: place), count > TensorShape.maxRank {
            throw InvalidValue(
                .shapeMismatch, at: place, "a shape has 1 to \(TensorShape.maxRank) axes; this has \(count)")
        }
        let list = try? decoder.arrays.tensor(of: Double.self, at: place, maxElements: .max)
        let axes = list?.elements.compactMap { Int(exactly: $0) }
        guard let list, let axes, list.shape.rank == 1, axes.count == list.elements.count else {
            if decoder.arrays.isEmpty(at: place) { throw badShape([], place) }
            throw InvalidValue(.shapeMismatch, at: place, "a shape is an array of whole numbers")
        }
        guard let shape = TensorShape(axes) else { throw badShape(axes, place) }
        return shape
    }

    private func badShape(_ axes: [Int], _ place: JSONPointer) -> InvalidValue {
        guard (1...TensorShape.maxRank).contains(axes.count) else {
            return InvalidValue(
                .shapeMismatch, at: place, "a shape has 1 to \(TensorShape.maxRank) axes; this has \(axes.count)")
        }
        guard axes.allSatisfy({ $0 > 0 }) else {
            let kind: InvalidValue.Kind = axes.contains(0) ? .empty : .shapeMismatch
            return InvalidValue(kind, at: place, "each axis of a shape is at least 1; this is \(axes)")
        }
        // What is announced and not sent is not large.
        return InvalidValue(
            .shapeMismatch, at: place, "the shape \(axes) has more elements than can be counted, and than were sent")
    }

    private func flat(_ decoder: any Decoder, _ shape: TensorShape, _ place: JSONPointer) throws -> Tensor<Element> {
        let dataPlace = place.appending("data")
        if decoder.arrays.isEmpty(at: dataPlace) { throw mismatch(shape, "data has none", place) }
        guard let data = try decoder.arrays.tensor(of: Element.self, at: dataPlace, maxElements: maxElements) else {
            throw InvalidValue(.wrongType, at: dataPlace, "data is an array; this is something else")
        }
        guard data.shape.rank == 1 else {
            throw InvalidValue(
                .wrongType, at: dataPlace.appending(0),
                "data is flat; this is an array. Nested rows go without a shape")
        }
        guard data.shape.count == shape.count else {
            throw mismatch(shape, "data has \(data.shape.count)", place)
        }
        return Tensor(shape: shape, elements: data.elements)
    }

    private func mismatch(_ shape: TensorShape, _ found: String, _ place: JSONPointer) -> InvalidValue {
        InvalidValue(
            .shapeMismatch, at: place.appending("shape"),
            "the shape \(shape.axes) is of \(shape.count) elements, and \(found)")
    }

    private func base64(
        _ container: KeyedDecodingContainer<Key>, _ shape: TensorShape, _ arrays: JSONArrays, _ place: JSONPointer
    ) throws -> Tensor<Element> {
        let textPlace = place.appending("base64")
        guard let text = try? container.decode(String.self, forKey: .base64) else {
            throw InvalidValue(.wrongType, at: textPlace, "base64 is a string of bytes in base64")
        }
        let encoded = arrays.longString(at: textPlace) ?? Data(text.utf8)
        // Foundation decodes "AACA=" and "====" as well.
        guard encoded.count.isMultiple(of: 4), encoded.suffix(3) != Data("===".utf8),
            let bytes = Data(base64Encoded: encoded)
        else {
            throw InvalidValue(.wrongType, at: textPlace, "this is not base64 (RFC 4648 §4)")
        }
        let (size, overflow) = shape.count.multipliedReportingOverflow(by: MemoryLayout<Element>.size)
        guard !overflow, bytes.count == size else {
            throw mismatch(shape, "base64 has \(bytes.count) bytes for them", place)
        }
        guard shape.count <= maxElements else {
            throw InvalidValue(
                .tooManyElements(limit: maxElements), at: textPlace, "there are \(shape.count) elements here")
        }
        return Tensor(shape: shape, elements: Element.elements(bytes))
    }
}
