import LargeMemory

/// Where a binary answer's header and tensors stand in its bytes, before there are any.
///
/// The payload begins at a multiple of 64 bytes, and every floating tensor at a multiple of its element's size.
package struct TensorLayout: Sendable {
    package struct Place: Sendable {
        package let form: StoredShape
        /// In the answer.
        package let range: Range<Int>
    }

    let header: [UInt8]
    /// In the order in which the tensors were given.
    package let places: [Place]
    /// Of the whole answer.
    package let byteCount: Int

    /// As that of the memory which the answer is written into.
    static let alignment = MemoryBlock.alignment

    /// The bytes of one tensor alone: `application/octet-stream`.
    package init(raw form: StoredShape) {
        (header, byteCount) = ([], form.byteCount)
        places = [Place(form: form, range: 0..<form.byteCount)]
    }

    /// Ranges count from the end of the header, which is padded already. Throws where there are more bytes than can be counted.
    init(header: [UInt8], _ forms: [StoredShape], ranges: [Range<Int>]) throws(OutOfMemory) {
        precondition(header.count.isMultiple(of: Self.alignment))
        let (byteCount, overflow) = header.count.addingReportingOverflow(ranges.map(\.upperBound).max() ?? 0)
        guard !overflow else { throw OutOfMemory() }
        self.byteCount = byteCount
        self.header = header
        places = zip(forms, ranges).map { form, range in
            Place(form: form, range: (range.lowerBound + header.count)..<(range.upperBound + header.count))
        }
    }
}
