/// Memory with elements that an owner keeps, such as the body of a request, and that nobody writes to.
@safe package final class TensorLoan: @unchecked Sendable {
    // Sendable: the memory is only read, and lasts as long as the owner, which is kept here.
    private let bytes: UnsafeRawBufferPointer
    private let owner: any Sendable

    /// `bytes` stay where they are for as long as there is an `owner`.
    package init(_ bytes: UnsafeRawBufferPointer, keptBy owner: any Sendable) {
        unsafe self.bytes = unsafe bytes
        self.owner = owner
    }

    func holds<Element: BitwiseCopyable>(_ count: Int, of: Element.Type) -> Bool {
        unsafe bytes.count == count * MemoryLayout<Element>.size
            && Int(bitPattern: bytes.baseAddress) % MemoryLayout<Element>.alignment == 0
    }

    func withElements<Element, Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(owner) { try unsafe body(bytes.assumingMemoryBound(to: Element.self)) }
    }
}
