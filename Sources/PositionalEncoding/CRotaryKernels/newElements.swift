import LargeMemory

/// An array of so many elements, every one of which `write` writes: zeros would be one more pass over its memory.
func newElements<Scalar: TensorScalar>(_ count: Int, write: (inout MutableSpan<Scalar>) -> Void) -> [Scalar] {
    guard count > 0 else {
        // The storage of an empty array is one for all threads, and the initializer below writes its count.
        var none = MutableSpan<Scalar>()
        write(&none)
        return []
    }
    return unsafe [Scalar](unsafeUninitializedCapacity: count) { buffer, written in
        unsafe LargeMemory.advise(UnsafeMutableRawBufferPointer(buffer))
        var elements = unsafe MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        write(&elements)
        written = count
    }
}
