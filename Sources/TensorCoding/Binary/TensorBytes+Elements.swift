import FoundationEssentials
import PositionalEncoding

/// Elements as numbers. Processors that Swift runs on are little-endian, as the bytes are.
extension TensorBytes {
    /// Lends the elements as float32: those of that type where they are, if they are aligned; else, and the halves, as a copy.
    ///
    /// The type must be one that is computed in float32.
    package func withFloats<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try unsafe bytes.withUnsafeBytes { raw in
            guard form.type == .float32, let elements = unsafe raw.aligned(as: Float.self) else {
                return try body(floats.span)
            }
            return try unsafe body(elements.span)
        }
    }

    /// Lends the elements, float64, where they are, if they are aligned; else as a copy.
    package func withDoubles<Result>(_ body: (Span<Double>) throws -> Result) rethrows -> Result {
        try unsafe bytes.withUnsafeBytes { raw in
            guard form.type == .float64, let elements = unsafe raw.aligned(as: Double.self) else {
                return try body(doubles.span)
            }
            return try unsafe body(elements.span)
        }
    }

    /// A copy of elements of a type that is computed in float32.
    var floats: [Float] {
        switch form.type {
        case .float16: elements { (half: UInt16) in HalfPrecision.float(fromFloat16: half) }
        case .bfloat16: elements { (half: UInt16) in HalfPrecision.float(fromBFloat16: half) }
        case .float32: elements { (number: Float) in number }
        default: preconditionFailure("\(form.type) is not computed in float32")
        }
    }

    /// A copy of elements of type float64.
    var doubles: [Double] {
        precondition(form.type == .float64)
        return elements { (number: Double) in number }
    }

    /// A copy of elements of type int64.
    var integers: [Int64] {
        precondition(form.type == .int64)
        return elements { (number: Int64) in number }
    }

    /// Each element, wherever it is, through a function.
    @inline(__always) private func elements<Stored: BitwiseCopyable, Element>(
        _ convert: (Stored) -> Element
    ) -> [Element] {
        unsafe bytes.withUnsafeBytes { raw in
            precondition(raw.count == form.count * MemoryLayout<Stored>.size)
            return unsafe [Element](unsafeUninitializedCapacity: form.count) { target, count in
                for index in 0..<form.count {
                    let stored = unsafe raw.loadUnaligned(
                        fromByteOffset: index &* MemoryLayout<Stored>.size, as: Stored.self)
                    unsafe target.initializeElement(at: index, to: convert(stored))
                }
                count = form.count
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// nil where the bytes do not begin at a multiple of the element's size.
    fileprivate func aligned<Element: BitwiseCopyable>(as type: Element.Type) -> UnsafeBufferPointer<Element>? {
        guard UInt(bitPattern: baseAddress) % UInt(MemoryLayout<Element>.alignment) == 0 else { return nil }
        return unsafe bindMemory(to: type)
    }
}
