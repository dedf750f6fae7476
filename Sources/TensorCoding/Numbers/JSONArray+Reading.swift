extension JSONArray {
    /// Reads the array that begins at a byte; nil where it holds anything but elements of the type.
    ///
    /// At most `maxCount` elements are kept in memory, and the array is of use only where it has no more.
    init?<Element: ArrayElement>(
        reading text: Span<UInt8>, from start: Int, as type: Element.Type, maxCount: Int,
        maxDepth: Int = JSONScanner.maxDepth, at place: @autoclosure () -> JSONPointer
    ) {
        // Two bytes an element at least, so this is enough; what is not written to takes no memory. Never 0: the storage of
        // an empty array is one for all threads, and the initializer below writes its count.
        let capacity = max(1, min(maxCount, (text.count - start) / 2 + 1))
        var result: (range: Range<Int>, axes: [Int], count: Int, defect: InvalidValue?)?
        let read = unsafe [Element](unsafeUninitializedCapacity: capacity) { buffer, count in
            result = unsafe text.extracting(start...).withUnsafeBufferPointer { text in
                var scanner = unsafe ArrayScanner<Element>(text)
                guard unsafe scanner.scan(into: buffer, maxDepth: maxDepth) else { return nil }
                count = min(scanner.count, capacity)
                let defect = scanner.defect.map { defect in
                    InvalidValue(defect.kind, at: defect.indices.reduce(place()) { $0.appending($1) }, defect.detail)
                }
                let axes = (0..<scanner.rank).map { scanner.axes[$0] }
                return (start..<start + scanner.length, axes, scanner.count, defect)
            }
        }
        guard let result else { return nil }
        // Of many arrays, each would keep the memory that all the rest of the text might have needed. One that is most of its
        // text stays where it is: numbers of up to 32 bytes are.
        let elements = read.count < capacity / 16 ? read.map(\.self) : read
        (range, axes, count, defect) = result
        self.elements = Element.stored(elements)
    }
}
