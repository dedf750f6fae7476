import FoundationEssentials

/// A file of another format than is read, known by its first bytes.
package struct ForeignFile: Sendable, Equatable {
    /// What it is, as in "a Git LFS pointer".
    package let name: String
    /// What to send instead.
    package let advice: String
    /// The Content-Type that it is read with, if it is read at all.
    package let mediaType: String?

    package static let json = "application/json"
    static let safetensors = "application/vnd.safetensors"

    private init(_ name: String, _ advice: String, mediaType: String? = nil) {
        (self.name, self.advice, self.mediaType) = (name, advice, mediaType)
    }

    /// What is said after a sentence that says what the bytes are not.
    package var detail: String { "these bytes are \(name): \(advice)" }

    /// nil where a file begins like none that is known here.
    package init?(_ file: Data) {
        let reach = 4_096
        let start = [UInt8](file.prefix(reach))
        guard
            let known = Self.binary(start, count: file.count)
                ?? Self.text(start, end: String(decoding: file.suffix(reach), as: UTF8.self))
        else { return nil }
        self = known
    }

    /// What is sent in place of a file of tensors and is text, such as a refusal that was saved for a download; nil where it is none.
    package static func text(_ file: Data) -> ForeignFile? {
        let start = [UInt8](file.prefix(1_024))
        let isPlain = start.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0.isWhiteSpace }
        // The last character may be cut.
        let most = file.count > start.count ? 3 : 0
        guard isPlain,
            let text = (0...most).lazy.compactMap({ String(validating: start.dropLast($0), as: UTF8.self) }).first,
            let line = text.split(whereSeparator: \.isNewline).first(where: { !$0.allSatisfy(\.isWhitespace) })
        else { return nil }
        let words = line.prefix(48).replacing("\t", with: " ")
        return ForeignFile(
            "text, which begins \"\(words)\(line.count > 48 ? "…" : "")\"",
            "a download may have failed; look into the file")
    }

    private static let asSafetensors = "save its tensors with safetensors, or one of them with numpy.save"

    /// Magic numbers in the order in which they are looked for.
    private static let magics: [(bytes: [UInt8], file: ForeignFile)] = [
        (
            NPYReader.magic,
            ForeignFile("a .npy file", "its Content-Type is application/x-npy", mediaType: "application/x-npy")
        ),
        (Array("GGUF".utf8), ForeignFile("a GGUF model of llama.cpp", asSafetensors)),
        ([0x89] + "HDF\r\n\u{1A}\n".utf8, ForeignFile("an HDF5 file", asSafetensors)),
        ([0x89] + "PNG\r\n\u{1A}\n".utf8, ForeignFile("a PNG image", "an image holds no tensors that are read here")),
        ([0xFF, 0xD8, 0xFF], ForeignFile("a JPEG image", "an image holds no tensors that are read here")),
        (Array("%PDF-".utf8), ForeignFile("a PDF document", asSafetensors)),
        (Array("PAR1".utf8), ForeignFile("a Parquet file", asSafetensors)),
        (Array("ARROW1".utf8), ForeignFile("an Arrow file", asSafetensors)),
        (Array("MATLAB 5.0 MAT-file".utf8), ForeignFile("a MATLAB file", asSafetensors)),
        ([0x1F, 0x8B, 8], ForeignFile("compressed with gzip", "decompress it")),
        ([0x28, 0xB5, 0x2F, 0xFD], ForeignFile("compressed with Zstandard", "decompress it")),
        ([0xFD] + "7zXZ\0".utf8, ForeignFile("compressed with xz", "decompress it")),
        (Array("BZh".utf8), ForeignFile("compressed with bzip2", "decompress it")),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], ForeignFile("a 7z archive", "send a file of it")),
        // GGML, GGMF, GGJT and GGLA, little-endian.
        (Array("lmgg".utf8), ggml), (Array("fmgg".utf8), ggml), (Array("tjgg".utf8), ggml), (Array("algg".utf8), ggml),
    ]
    private static let ggml = ForeignFile("a GGML model of an old llama.cpp", asSafetensors)

    private static func binary(_ start: [UInt8], count: Int) -> ForeignFile? {
        // A length may have the bytes of a magic number.
        if let file = safetensors(start, count: count) { return file }
        return magics.first { start.starts(with: $0.bytes) }?.file ?? zip(start) ?? pickle(start) ?? tar(start)
            ?? onnx(start)
    }

    /// numpy and PyTorch save several arrays in a zip archive, whose first entry tells them apart.
    private static func zip(_ start: [UInt8]) -> ForeignFile? {
        guard ["PK\u{3}\u{4}", "PK\u{5}\u{6}"].contains(where: { start.starts(with: $0.utf8) }) else { return nil }
        let text = String(decoding: start.prefix(512), as: UTF8.self)
        if text.contains(".npy") {
            return ForeignFile(
                "a .npz archive of numpy", "send one array of it as numpy.save writes it, or several as safetensors")
        }
        let isTorch = ["data.pkl", ".format_version", "/byteorder"].contains { text.contains($0) }
        return isTorch ? torch : ForeignFile("a zip archive", asSafetensors)
    }

    private static func tar(_ start: [UInt8]) -> ForeignFile? {
        start.dropFirst(257).starts(with: "ustar".utf8) ? ForeignFile("a tar archive", "send a file of it") : nil
    }

    /// Protocol buffers: field 1 is the version of the format, and field 2 the name of the program that wrote it.
    private static func onnx(_ start: [UInt8]) -> ForeignFile? {
        guard start.count > 8, start[0] == 0x08, (1...32).contains(start[1]), start[2] == 0x12,
            start[4..<8].allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return ForeignFile("an ONNX model", asSafetensors)
    }

    private static let torch = ForeignFile(
        "a file of PyTorch's torch.save", "write it with safetensors.torch.save_file, since no pickle is read here")

    /// With which torch.save began before it wrote zip archives.
    private static let oldTorchMagic: [UInt8] = [
        0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
    ]

    /// Protocols 2 to 5 begin so.
    private static func pickle(_ start: [UInt8]) -> ForeignFile? {
        if start.starts(with: oldTorchMagic) { return torch }
        // A safetensors header of some hundred bytes has a length that begins alike, and of which the rest is 0.
        guard start.count > 3, start[0] == 0x80, (2...5).contains(start[1]),
            start[2..<min(8, start.count)].contains(where: { $0 != 0 })
        else { return nil }
        return ForeignFile(
            "a pickle of Python", "save arrays with numpy.save or safetensors, since no pickle is read here")
    }

    /// A length, and a header that begins with a brace.
    private static func safetensors(_ start: [UInt8], count: Int) -> ForeignFile? {
        guard start.count > 8, start[8] == UInt8(ascii: "{") else { return nil }
        let length = start[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(count - 8) else { return nil }
        return ForeignFile("a safetensors file", "its Content-Type is \(safetensors)", mediaType: safetensors)
    }

    private static func text(_ start: [UInt8], end: String) -> ForeignFile? {
        let text = String(decoding: start, as: UTF8.self)
        if text.hasPrefix("version https://"), text.contains("oid sha256:") {
            return ForeignFile("a Git LFS pointer", "git lfs pull gets the file that it stands for")
        }
        guard let first = start.firstIndex(where: { !$0.isWhiteSpace }) else { return nil }
        let word = String(decoding: start[first...].prefix(16), as: UTF8.self).lowercased()
        if word.hasPrefix("<!doctype html") || word.hasPrefix("<html") {
            return ForeignFile("an HTML page", "a download may have failed; look into the file")
        }
        // A length of 123 is a brace as well.
        let inner = start[(first + 1)...].first { !$0.isWhiteSpace }
        guard start[first] == UInt8(ascii: "{"), inner == UInt8(ascii: "\"") || inner == UInt8(ascii: "}") else {
            return nil
        }
        let key = "\"weight_map\""
        if text.contains(key) || end.contains(key) {
            return ForeignFile(
                "the index of a model (model.safetensors.index.json)",
                "it says which file has which tensor; send one of these files")
        }
        return ForeignFile("JSON", "its Content-Type is \(json)", mediaType: json)
    }
}
