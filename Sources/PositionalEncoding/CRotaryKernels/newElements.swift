import LargeMemory

/// An array of so many elements, every one of which `write` writes: zeros would be one more pass over its memory.
func newElements<Scalar: TensorScalar>(_ count: Int, write: (inout MutableSpan<Scalar>) -> Void) -> [Scalar] {
    unsafe [Scalar](unsafeUninitializedCapacity: count) { buffer, written in
        unsafe LargeMemory.advise(UnsafeMutableRawBufferPointer(buffer))
        var elements = unsafe MutableSpan(_unsafeElements: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        write(&elements)
        written = count
    }
}
