import FoundationEssentials

/// Writes [safetensors](https://github.com/huggingface/safetensors): equal tensors get equal bytes.
package enum SafetensorsWriter {
    /// Of tensors under names that differ, and what stands under `__metadata__`, if anything.
    ///
    /// They stand in the order of safetensors' own writer, the larger elements first and then by name, so that each begins at a
    /// multiple of its element's size. Throws where there is no memory.
    package static func layout(
        _ tensors: [(name: String, form: StoredShape)], metadata: [String: String] = [:]
    ) throws -> TensorLayout {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "two tensors have one name")
        let rank = Dictionary(uniqueKeysWithValues: StoredType.allCases.enumerated().map { ($1, $0) })
        let order = tensors.indices.sorted { one, other in
            let (one, other) = (tensors[one], tensors[other])
            let (left, right) = (rank[one.form.type] ?? 0, rank[other.form.type] ?? 0)
            return left != right ? left > right : one.name.utf8.lexicographicallyPrecedes(other.name.utf8)
        }
        var ranges = tensors.map { _ in 0..<0 }
        var end = 0
        for index in order {
            let (next, overflow) = end.addingReportingOverflow(tensors[index].form.byteCount)
            guard !overflow else { throw OutOfMemory() }
            ranges[index] = end..<next
            end = next
        }
        let header = try header(order.map { (tensors[$0], ranges[$0]) }, metadata)
        return try TensorLayout(header: header, tensors.map(\.form), ranges: ranges)
    }

    private static func header(
        _ members: [((name: String, form: StoredShape), Range<Int>)], _ metadata: [String: String]
    ) throws -> [UInt8] {
        var text = JSONOutput()
        var isFirst = true
        func begin(_ name: String) {
            text.append(isFirst ? UInt8(ascii: "{") : UInt8(ascii: ","))
            isFirst = false
            text.append(quoting: name)
            text.append(UInt8(ascii: ":"))
        }
        if !metadata.isEmpty {
            begin(SafetensorsHeader.metadataName)
            let keys = metadata.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for (index, key) in keys.enumerated() {
                text.append(index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
                text.append(quoting: key)
                text.append(UInt8(ascii: ":"))
                text.append(quoting: metadata[key] ?? "")
            }
            text.append(UInt8(ascii: "}"))
        }
        for ((name, form), range) in members {
            begin(name)
            text.append(word: "{\"dtype\":")
            text.append(quoting: form.type.rawValue)
            text.append(word: ",\"shape\":")
            text.append(form.axes)
            text.append(word: ",\"data_offsets\":")
            text.append([range.lowerBound, range.upperBound])
            text.append(UInt8(ascii: "}"))
        }
        text.append(word: isFirst ? "{}" : "}")
        let lengthBytes = 8
        while !(lengthBytes + text.count).isMultiple(of: TensorLayout.alignment), !text.isOutOfMemory {
            text.append(UInt8(ascii: " "))
        }
        let json = try text.takeData()
        return (0..<lengthBytes).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + Array(json)
    }
}
