import Caching
import FoundationEssentials

/// Reads numpy's .npy, one tensor: [format versions](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html)
/// 1 to 3, elements `f2`, `f4` and `f8`.
package struct NPYReader {
    static let magic: [UInt8] = [0x93] + "NUMPY".utf8
    /// numpy's own limit.
    static let maxHeaderBytes = 10_000

    /// Reading a header takes longer than turning some rows.
    private static let headers = Recent<[UInt8], NPYHeader>()

    private let header: NPYHeader
    private let payload: Data

    /// The whole of a file, in one step. Throws what the two throw.
    package static func read(_ file: Data) throws(TensorFormatError) -> TensorBytes {
        try NPYReader(file).tensor()
    }

    /// Reads the header. Throws `TensorFormatError` for whatever numpy refuses, and for elements of other types.
    package init(_ file: Data) throws(TensorFormatError) {
        guard Self.begins(file.span) else {
            let foreign = (ForeignFile(file) ?? ForeignFile.text(file)).map { "; \($0.detail)" } ?? ""
            throw TensorFormatError(
                .malformed, "this is no .npy file: it does not begin with \\x93NUMPY\(foreign)")
        }
        let (start, length) = try Self.headerPlace(file)
        guard length <= Self.maxHeaderBytes else {
            throw TensorFormatError(
                .headerTooLong, "the header is of \(length) bytes, and the limit is \(Self.maxHeaderBytes)")
        }
        guard file.count - start >= length else {
            throw TensorFormatError(
                .malformed, "the header is of \(length) bytes, and the file ends \(file.count - start) bytes into it")
        }
        let text = unsafe file.span.extracting(start..<start + length).withUnsafeBufferPointer { unsafe Array($0) }
        header = try Self.headers.value(for: text) { () throws(TensorFormatError) in try NPYHeader(text) }
        payload = file[(file.startIndex + start + length)...]
    }

    /// What the file says that it holds.
    package var form: StoredShape { header.form }

    /// How many bytes `tensor()` takes for copies, as long as it runs: none where the file is little-endian and row-major.
    package var copiedByteCount: Int { header.copyCount * payload.count }

    /// The tensor, little-endian and row-major: where the file is not, its bytes are copied, else they stay where they are.
    ///
    /// Throws `TensorFormatError` where there are more or fewer bytes than the header says.
    package func tensor() throws(TensorFormatError) -> TensorBytes {
        try header.tensor(payload)
    }

    private static func begins(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= magic.count else { return false }
        for (index, byte) in magic.enumerated() where bytes[index] != byte { return false }
        return true
    }

    /// Where the header begins, and how long it says it is.
    private static func headerPlace(_ file: Data) throws(TensorFormatError) -> (start: Int, length: Int) {
        let prefix = file.span.extracting(first: magic.count + 6)
        guard prefix.count > magic.count + 1 else {
            throw TensorFormatError(.malformed, "the file ends within its version")
        }
        let (major, minor) = (prefix[magic.count], prefix[magic.count + 1])
        guard (1...3).contains(major), minor == 0 else {
            throw TensorFormatError(
                .unsupported, "the format's version is \(major).\(minor); 1.0, 2.0 and 3.0 are read")
        }
        let start = magic.count + 2 + (major == 1 ? 2 : 4)
        guard prefix.count >= start else {
            throw TensorFormatError(.malformed, "the file ends within the length of its header")
        }
        var length = 0
        for place in (magic.count + 2..<start).reversed() { length = length << 8 | Int(prefix[place]) }
        return (start, length)
    }
}
