import FoundationEssentials
import PositionalEncoding

/// A binary answer while it is computed: header and tensors in one piece of memory, from which they leave without a copy.
///
/// Whoever is lent a tensor's elements writes them all: they are anything at first, even of another answer. Tensors are known by
/// their number, in the order in which they were given to the layout.
package struct AnswerBuffer: ~Copyable, Sendable {
    private let layout: TensorLayout
    private let memory: AnswerMemory

    /// Writes the header. Throws where there is no memory.
    package init(_ layout: TensorLayout) throws {
        guard let memory = AnswerMemory(count: layout.byteCount) else { throw OutOfMemory() }
        self.layout = layout
        self.memory = memory
        memory.copy(layout.header, to: 0)
    }

    /// Lends the elements to be written: where they leave from if they are float32, else to be rounded there afterwards.
    ///
    /// The tensor's type must be one that is computed in float32.
    package mutating func withFloats<Result>(
        of tensor: Int, _ body: (inout MutableSpan<Float>) throws -> Result
    ) rethrows -> Result {
        let place = layout.places[tensor]
        guard place.form.type != .float32 else { return try memory.withElements(in: place.range, body) }
        var floats = [Float](repeating: 0, count: place.form.count)
        var span = floats.mutableSpan
        let result = try body(&span)
        round(floats, to: place)
        return result
    }

    /// Lends the elements, float64, to be written where they leave from.
    package mutating func withDoubles<Result>(
        of tensor: Int, _ body: (inout MutableSpan<Double>) throws -> Result
    ) rethrows -> Result {
        let place = layout.places[tensor]
        precondition(place.form.type == .float64)
        return try memory.withElements(in: place.range, body)
    }

    /// Copies elements that were computed elsewhere, rounded where the place is of a half.
    package mutating func put(_ elements: AnyTensor, as tensor: Int) {
        let place = layout.places[tensor]
        precondition(elements.shape.count == place.form.count && elements.type == place.form.type.floating?.scalar)
        switch elements {
        case .float64(let tensor): memory.copy(tensor.elements, to: place.range.lowerBound)
        case .float32(let tensor) where place.form.type == .float32:
            memory.copy(tensor.elements, to: place.range.lowerBound)
        case .float32(let tensor): round(tensor.elements, to: place)
        }
    }

    /// Copies a tensor that is answered as it came, of any type.
    package mutating func put(_ bytes: TensorBytes, as tensor: Int) {
        let place = layout.places[tensor]
        precondition(bytes.form == place.form)
        memory.copy(bytes.bytes, to: place.range.lowerBound)
    }

    /// Where the first element of a tensor is that is infinite or no number, row-major, after rounding; nil where all are finite.
    package func firstNonFinite(of tensor: Int) -> Int? {
        let place = layout.places[tensor]
        return (try? TensorBytes(place.form, memory.data[place.range]))?.firstNonFinite
    }

    /// The whole answer; nothing is copied.
    package consuming func data() -> Data {
        memory.data
    }

    private func round(_ floats: [Float], to place: TensorLayout.Place) {
        switch place.form.type {
        case .float16: memory.round(floats, to: place.range) { HalfPrecision.float16($0) }
        case .bfloat16: memory.round(floats, to: place.range) { HalfPrecision.bfloat16($0) }
        default: preconditionFailure("\(place.form.type) is not computed in float32")
        }
    }
}
