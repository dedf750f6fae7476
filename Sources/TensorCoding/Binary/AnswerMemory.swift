import FoundationEssentials
import LargeMemory

/// Bytes of an answer, anything at first, from a multiple of 64 on; they last as long as any Data of them.
@safe final class AnswerMemory: @unchecked Sendable {
    // Sendable: only `AnswerBuffer` writes, of which there is one, and it is gone once it has given the bytes away.

    private let block: MemoryBlock
    private var bytes: UnsafeMutableRawBufferPointer { unsafe block.bytes }

    /// nil where there is no memory.
    init?(count: Int) {
        guard let block = MemoryBlock(count: count) else { return nil }
        self.block = block
    }

    /// Not a copy; keeps this object alive.
    var data: Data {
        guard let start = unsafe bytes.baseAddress, unsafe !bytes.isEmpty else { return Data() }
        return unsafe Data(
            bytesNoCopy: start, count: bytes.count, deallocator: .custom { _, _ in withExtendedLifetime(self) {} })
    }

    /// Lends a range, which begins at a multiple of the element's alignment.
    func withElements<Element: BitwiseCopyable, Result>(
        in range: Range<Int>, _ body: (inout MutableSpan<Element>) throws -> Result
    ) rethrows -> Result {
        let elements = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range]).bindMemory(to: Element.self)
        var span = unsafe elements.mutableSpan
        return try body(&span)
    }

    func copy(_ data: Data, to offset: Int) {
        unsafe data.withUnsafeBytes { unsafe copy($0, to: offset) }
    }

    func copy<Element: BitwiseCopyable>(_ elements: [Element], to offset: Int) {
        unsafe elements.withUnsafeBytes { unsafe copy($0, to: offset) }
    }

    private func copy(_ source: UnsafeRawBufferPointer, to offset: Int) {
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<(offset + source.count)]).copyMemory(from: source)
    }

    /// Each number through a function that rounds it to a half.
    @inline(__always) func round(_ numbers: [Float], to range: Range<Int>, _ half: (Float) -> UInt16) {
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range]).bindMemory(to: UInt16.self)
        precondition(target.count == numbers.count)
        unsafe numbers.withUnsafeBufferPointer { source in
            for index in source.indices { unsafe target[index] = half(source[index]) }
        }
    }
}
