import FoundationEssentials
import PositionalEncoding

/// Reads the forms of a tensor from a decoder.
struct TensorReader<Element: ArrayElement> {
    let maxElements: Int

    private enum Key: String, CodingKey, CaseIterable { case shape, data, base64 }

    /// Throws `InvalidValue`.
    func read(_ value: JSONValue) throws -> (tensor: Tensor<Element>, form: JSONTensor.Form) {
        if let tensor = try value.tensor(of: Element.self, maxElements: maxElements) { return (tensor, .nested) }
        guard case .object = value.content else {
            throw InvalidValue(
                .wrongType, at: value.place,
                "a tensor is an array, or an object of shape and data; this is \(value.kind.rawValue)")
        }
        if let unknown = value.children.map(\.key).filter({ Key(stringValue: $0) == nil }).min() {
            throw InvalidValue(
                .unknownKey, at: value.place.appending(unknown.clipped),
                "a tensor has the keys shape and data, or shape and base64, and no \(unknown.clipped)")
        }
        guard let member = value.member("shape") else {
            throw InvalidValue(
                .missingKey, at: value.place.appending("shape"), "a tensor that is an object needs shape")
        }
        let shape = try shape(member)
        switch (value.member("data"), value.member("base64")) {
        case (_?, let base64?):
            throw InvalidValue(.contradiction, at: base64.place, "a tensor has data or base64, not both")
        case (let data?, nil): return (try flat(data, shape, value), .flat)
        case (nil, let base64?): return (try tensor(base64, shape, value), .base64)
        case (nil, nil):
            throw InvalidValue(
                .missingKey, at: value.place.appending("data"), "a tensor that is an object needs data, or base64")
        }
    }

    private func shape(_ value: JSONValue) throws -> TensorShape {
        if let count = value.array?.count, count > TensorShape.maxRank {
            throw InvalidValue(
                .shapeMismatch, at: value.place, "a shape has 1 to \(TensorShape.maxRank) axes; this has \(count)")
        }
        let list = try? value.tensor(of: Double.self, maxElements: .max)
        let axes = list?.elements.compactMap { Int(exactly: $0) }
        guard let list, let axes, list.shape.rank == 1, axes.count == list.elements.count else {
            if value.array?.isEmpty == true { throw badShape([], value.place) }
            throw InvalidValue(.shapeMismatch, at: value.place, "a shape is an array of whole numbers below 2^63")
        }
        guard let shape = TensorShape(axes) else { throw badShape(axes, value.place) }
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

    /// Of an object `tensor` with a shape.
    private func flat(_ value: JSONValue, _ shape: TensorShape, _ tensor: JSONValue) throws -> Tensor<Element> {
        if value.array?.isEmpty == true { throw mismatch(shape, "data has none", tensor) }
        guard let data = try value.tensor(of: Element.self, maxElements: maxElements) else {
            throw InvalidValue(.wrongType, at: value.place, "data is an array; this is something else")
        }
        guard data.shape.rank == 1 else {
            throw InvalidValue(
                .wrongType, at: value.place.appending(0),
                "data is flat; this is an array. Nested rows go without a shape")
        }
        guard data.shape.count == shape.count else {
            throw mismatch(shape, "data has \(data.shape.count)", tensor)
        }
        return Tensor(shape: shape, elements: data.elements)
    }

    private func mismatch(_ shape: TensorShape, _ found: String, _ tensor: JSONValue) -> InvalidValue {
        InvalidValue(
            .shapeMismatch, at: tensor.place.appending("shape"),
            "the shape \(shape.axes) is of \(shape.count.counted("element")), and \(found)")
    }

    /// Of base64 in an object `tensor`.
    private func tensor(_ value: JSONValue, _ shape: TensorShape, _ tensor: JSONValue) throws -> Tensor<Element> {
        guard let encoded = value.stringBytes else {
            throw InvalidValue(.wrongType, at: value.place, "base64 is a string of bytes in base64")
        }
        let bytes: Data
        do throws(Base64Defect) {
            bytes = try Base64Bytes.read(encoded)
        } catch {
            throw InvalidValue(.wrongType, at: value.place, error.reason)
        }
        let (size, overflow) = shape.count.multipliedReportingOverflow(by: MemoryLayout<Element>.size)
        guard !overflow, bytes.count == size else {
            let needed = overflow ? "" : ", of which \(Element.typeName) takes \(size)"
            throw mismatch(shape, "base64 has \(bytes.count.counted("byte")) for them\(needed)", tensor)
        }
        guard shape.count <= maxElements else {
            throw InvalidValue(
                .tooManyElements(limit: maxElements), at: value.place, "there are \(shape.count) elements here")
        }
        return Tensor(shape: shape, elements: Element.elements(bytes))
    }
}
