/// The header of a safetensors file: names, types, shapes and places.
struct SafetensorsHeader {
    struct Entry {
        let name: String
        let form: StoredShape
        /// From the end of the header; as long as the form takes.
        let range: Range<Int>
    }

    let entries: [Entry]
    let metadata: [String: String]

    static let metadataName = "__metadata__"

    /// Throws `TensorFormatError` where the text is not JSON, is not a header's, or has a name twice.
    init(_ text: [UInt8]) throws(TensorFormatError) {
        var json = HeaderJSON(text)
        // The format has none here, and its own reader takes it.
        json.skipSpace()
        var (entries, metadata): ([Entry], [String: String]?) = ([], nil)
        try json.object { json, name throws(TensorFormatError) in
            if name == Self.metadataName {
                metadata = try Self.metadata(&json)
            } else {
                entries.append(try Self.entry(name, &json))
            }
        }
        try json.end()
        self.entries = entries
        self.metadata = metadata ?? [:]
    }

    private static func metadata(_ json: inout HeaderJSON) throws(TensorFormatError) -> [String: String] {
        guard !json.takeNull() else { return [:] }
        var metadata: [String: String] = [:]
        try json.object { json, key throws(TensorFormatError) in
            metadata[key] = try json.string("a string, as all values of __metadata__ are,")
        }
        return metadata
    }

    private static let entryKeys = ["dtype", "shape", "data_offsets"]

    /// Reads a tensor's entry. Keys of which the format knows nothing are passed over, as its own reader does it.
    private static func entry(_ name: String, _ json: inout HeaderJSON) throws(TensorFormatError) -> Entry {
        var (type, shape, offsets): (StoredType?, [Int]?, [Int]?)
        do throws(TensorFormatError) {
            try json.object(counting: entryKeys.contains) { json, key throws(TensorFormatError) in
                switch key {
                case "dtype":
                    let text = try json.string("the name of a type in quotes")
                    guard let known = StoredType(rawValue: text) else {
                        throw TensorFormatError(.unsupported, "safetensors has no dtype \"\(text.clipped)\"")
                    }
                    type = known
                case "shape": shape = try json.wholeNumbers()
                case "data_offsets": offsets = try json.wholeNumbers()
                // Within the file's object and the tensor's.
                default: try json.skipValue(depth: 2)
                }
            }
            guard let type, let shape, let offsets else {
                let missing = type == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
                throw TensorFormatError(.malformed, "the header has no \"\(missing)\" for it")
            }
            let form = try StoredShape(type, shape)
            guard offsets.count == 2, offsets[0] <= offsets[1] else {
                throw TensorFormatError(
                    .malformed, "data_offsets are where its bytes begin and end, and these are \(offsets.shown)")
            }
            let range = offsets[0]..<offsets[1]
            guard range.count == form.byteCount else {
                throw TensorFormatError(
                    .sizeMismatch,
                    "data_offsets \(offsets.shown) are \(range.count) bytes, and \(form.shown) takes \(form.byteCount)")
            }
            return Entry(name: name, form: form, range: range)
        } catch {
            throw error.naming(name)
        }
    }

    /// Throws `TensorFormatError` where the tensors do not take all bytes after the header, each once.
    func check(payloadCount: Int) throws(TensorFormatError) {
        // A tensor without bytes stands before the one that begins where it does.
        let ordered = entries.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        var (end, last) = (0, "")
        for entry in ordered {
            let range = entry.range
            let shown = "data_offsets [\(range.lowerBound), \(range.upperBound)]"
            guard range.upperBound <= payloadCount else {
                throw TensorFormatError(
                    .sizeMismatch, in: entry.name,
                    "\(shown) end past the file, which has \(payloadCount) bytes after its header")
            }
            guard range.lowerBound >= end else {
                throw TensorFormatError(
                    .sizeMismatch, in: entry.name, "\(shown) overlap those of \"\(last.clipped)\", which end at \(end)")
            }
            guard range.lowerBound == end else {
                throw TensorFormatError(
                    .sizeMismatch, in: entry.name,
                    "\(shown) leave a hole: the bytes from \(end) to \(range.lowerBound) are no tensor's")
            }
            (end, last) = (range.upperBound, entry.name)
        }
        guard end == payloadCount else {
            throw TensorFormatError(
                .sizeMismatch, "the tensors end at \(end), and the file has \(payloadCount) bytes after its header")
        }
    }
}
