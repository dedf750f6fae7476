import FoundationEssentials

/// Other orders of bytes and of elements than little-endian and row-major.
extension Data {
    /// A copy in which each element's bytes stand the other way around.
    func byteSwapped(width: Int) -> Data {
        var copy = Data(count: count)
        unsafe copy.withUnsafeMutableBytes { target in
            unsafe withUnsafeBytes { source in
                switch width {
                case 2: unsafe swapBytes(of: UInt16.self, source, target)
                case 4: unsafe swapBytes(of: UInt32.self, source, target)
                case 8: unsafe swapBytes(of: UInt64.self, source, target)
                default: preconditionFailure("no element has \(width) bytes")
                }
            }
        }
        return copy
    }

    /// A copy in which the last index runs fastest, of elements of which the first does.
    func rowMajor(fromColumnMajor form: StoredShape) -> Data {
        precondition(count == form.byteCount && count > 0)
        var copy = Data(count: count)
        unsafe copy.withUnsafeMutableBytes { target in
            unsafe withUnsafeBytes { source in
                switch form.type.bits {
                case 16: unsafe transpose(UInt16.self, form.axes, source, target)
                case 32: unsafe transpose(UInt32.self, form.axes, source, target)
                case 64: unsafe transpose(UInt64.self, form.axes, source, target)
                default: preconditionFailure("no element of a .npy has \(form.type.bits) bits")
                }
            }
        }
        return copy
    }
}

@inline(__always) private func swapBytes<Bits: FixedWidthInteger & BitwiseCopyable>(
    of type: Bits.Type, _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
) {
    precondition(source.count == target.count && source.count.isMultiple(of: MemoryLayout<Bits>.size))
    for offset in stride(from: 0, to: source.count, by: MemoryLayout<Bits>.size) {
        let bits = unsafe source.loadUnaligned(fromByteOffset: offset, as: type)
        unsafe target.storeBytes(of: bits.byteSwapped, toByteOffset: offset, as: type)
    }
}

/// Elements are read in their order, so that each cache line is read once.
@inline(__always) private func transpose<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ type: Bits.Type, _ axes: [Int], _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
) {
    let size = MemoryLayout<Bits>.size
    // How far apart neighbours along each axis are to be.
    var strides = axes.map { _ in size }
    for axis in axes.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * axes[axis + 1] }
    var indices = axes.map { _ in 0 }
    var place = 0
    for offset in stride(from: 0, to: source.count, by: size) {
        let bits = unsafe source.loadUnaligned(fromByteOffset: offset, as: type)
        unsafe target.storeBytes(of: bits, toByteOffset: place, as: type)
        for axis in axes.indices {
            indices[axis] += 1
            place += strides[axis]
            if indices[axis] < axes[axis] { break }
            place -= strides[axis] * axes[axis]
            indices[axis] = 0
        }
    }
}
