import FoundationEssentials

/// Named tensors of one file, [safetensors](https://github.com/huggingface/safetensors), each where it stands in its bytes.
package struct SafetensorsFile: Sendable, Equatable {
    package struct NamedTensor: Sendable, Equatable {
        package let name: String
        package let tensor: TensorBytes
    }

    /// In the order of the header. No two names are alike.
    package let tensors: [NamedTensor]
    /// What stands under `__metadata__`.
    package let metadata: [String: String]

    /// No request has the hundreds of tensors that would fill it; the format allows 100 MB.
    package static let maxHeaderBytes = 1 << 20

    package subscript(name: String) -> TensorBytes? {
        tensors.first { $0.name == name }?.tensor
    }

    /// Reads a file, of which no byte is copied.
    ///
    /// Throws `TensorFormatError` where the header is not as the format has it or longer than `maxHeaderBytes`, where two names
    /// are alike, and where the tensors do not take all bytes, each once. A file of another format is named.
    package init(_ file: Data) throws(TensorFormatError) {
        do throws(TensorFormatError) {
            self = try Self(reading: file)
        } catch {
            guard let foreign = ForeignFile(file) ?? ForeignFile.text(file),
                foreign.mediaType != ForeignFile.safetensors
            else { throw error }
            throw TensorFormatError(.malformed, "this is no safetensors file; \(foreign.detail)")
        }
    }

    private init(reading file: Data) throws(TensorFormatError) {
        let lengthBytes = 8
        guard file.count >= lengthBytes else {
            throw TensorFormatError(
                .malformed, "a safetensors file begins with 8 bytes, the length of its header; there are \(file.count)")
        }
        let length = file.prefix(lengthBytes).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Self.maxHeaderBytes else {
            throw TensorFormatError(
                .headerTooLong, "the header is of \(length) bytes, and the limit is \(Self.maxHeaderBytes)")
        }
        let start = file.startIndex + lengthBytes
        let payload = file[min(start + Int(length), file.endIndex)...]
        guard file.count - lengthBytes >= Int(length) else {
            throw TensorFormatError(
                .malformed,
                "the header is of \(length) bytes, and the file ends \(file.count - lengthBytes) bytes into it")
        }
        let header = try SafetensorsHeader(Array(file[start..<payload.startIndex]))
        try header.check(payloadCount: payload.count)
        var tensors: [NamedTensor] = []
        for entry in header.entries {
            let begin = payload.startIndex + entry.range.lowerBound
            let tensor = try TensorBytes(entry.form, payload[begin..<(begin + entry.range.count)])
            tensors.append(NamedTensor(name: entry.name, tensor: tensor))
        }
        self.tensors = tensors
        metadata = header.metadata
    }
}
