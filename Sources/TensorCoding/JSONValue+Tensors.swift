import PositionalEncoding

extension JSONValue {
    /// The tensor that stands here; nil where no array does. Throws `InvalidValue` where the array is no tensor of the elements.
    func tensor<Element: ArrayElement>(of type: Element.Type, maxElements: Int) throws -> Tensor<Element>? {
        guard let array else { return nil }
        let elements = try elements(of: array, as: type)
        guard let shape = TensorShape(array.axes) else {
            throw InvalidValue(
                .shapeMismatch, at: place,
                "a tensor has at most \(TensorShape.maxRank) axes; this has \(array.axes.count)")
        }
        guard shape.count <= maxElements else {
            throw InvalidValue(
                .tooManyElements(limit: maxElements), at: place, "there are \(shape.count) elements here")
        }
        return Tensor(shape: shape, elements: elements)
    }

    private func elements<Element: ArrayElement>(of array: JSONArray, as type: Element.Type) throws -> [Element] {
        if let known = Element.held(by: array.elements) {
            if let defect = array.defect { throw defect }
            return known
        }
        // Of another type than was guessed while the text was scanned.
        guard
            let again = JSONArray(
                reading: text.span, from: array.range.lowerBound, as: type, maxCount: array.count, at: place)
        else {
            if let defect = array.defect, !array.beginsWithBoolean || type == Bool.self { throw defect }
            // The first element is the first that is not of the type.
            let indices = array.axes.map { _ in 0 }
            let found = array.beginsWithBoolean ? JSONValueKind.boolean : .number
            throw InvalidValue(
                .wrongType, at: indices.reduce(place) { $0.appending($1) },
                "an element of this tensor is \(Element.noun); this is \(found.rawValue)")
        }
        return try elements(of: again, as: type)
    }
}
