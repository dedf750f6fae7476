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

    /// The elements where they are; nil where they are not aligned, or of a type that is not computed in.
    var loan: TensorLoan? {
        // Data keeps what is less within itself, and that moves.
        guard bytes.count >= 64, let size = form.type == .float32 ? 4 : form.type == .float64 ? 8 : nil else {
            return nil
        }
        return unsafe bytes.withUnsafeBytes { raw in
            guard UInt(bitPattern: raw.baseAddress) % UInt(size) == 0 else { return nil }
            return unsafe TensorLoan(raw, keptBy: bytes)
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

    /// A copy of elements of a type of integers.
    func elements<Integer: FixedWidthInteger & BitwiseCopyable>(of type: Integer.Type) -> [Integer] {
        elements { (number: Integer) in number }
    }

    /// The same as float64, to which integers of 64 bits are rounded.
    func wholeNumbers<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) -> [Double] {
        elements { (number: Integer) in Double(number) }
    }

    /// How many bytes lending the elements takes for a copy.
    package var copiedByteCount: Int {
        let isInPlace = unsafe bytes.withUnsafeBytes { raw in
            switch form.type {
            case .float32: unsafe raw.aligned(as: Float.self) != nil
            case .float64: unsafe raw.aligned(as: Double.self) != nil
            default: false
            }
        }
        return isInPlace ? 0 : scratchByteCount
    }

    /// How many bytes the elements take in the type that they are computed in.
    package var scratchByteCount: Int {
        form.count * (form.type == .float64 ? MemoryLayout<Double>.size : MemoryLayout<Float>.size)
    }

    /// Where the first element is that is infinite or no number, row-major; nil where all are finite or are not computed on.
    package var firstNonFinite: Int? {
        // Such have an exponent of ones alone.
        switch form.type.floating {
        case .float16: first(with: 0x7C00 as UInt16)
        case .bfloat16: first(with: 0x7F80 as UInt16)
        case .float32: first(with: 0x7F80_0000 as UInt32)
        case .float64: first(with: 0x7FF0_0000_0000_0000 as UInt64)
        case nil: nil
        }
    }

    /// The first element that has all of some bits, which are those below the sign.
    @inline(__always) private func first<Bits: FixedWidthInteger & BitwiseCopyable>(with mask: Bits) -> Int? {
        unsafe bytes.withUnsafeBytes { raw in
            func masked(_ index: Int) -> Bits {
                unsafe raw.loadUnaligned(fromByteOffset: index &* MemoryLayout<Bits>.size, as: Bits.self) & mask
            }
            // To bits that are all set, the lowest of them carries into the sign.
            let lowest = mask & (0 &- mask)
            // A block is looked through to its end, which is vector code.
            for start in stride(from: 0, to: form.count, by: 1_024) {
                let block = start..<min(start + 1_024, form.count)
                var carries: Bits = 0
                for index in block { carries |= masked(index) &+ lowest }
                if carries.leadingZeroBitCount == 0 { return block.first { masked($0) == mask } }
            }
            return nil
        }
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
