import FoundationEssentials
import TestSupport
import Testing

@testable import TensorCoding

/// Files of other formats, which are named where they are sent as .npy, safetensors or JSON.
@Suite struct ForeignFileTests {
    private struct Golden: Decodable {
        let name: String
        let file: Data
    }

    private static func golden() throws -> [Golden] { try BinaryGolden<Golden>("foreign").read }

    @Test func `a file that other tools write is known by its first bytes, wherever it lies`() throws {
        let golden = try Self.golden()
        #expect(golden.count > 30)
        for known in golden {
            for file in [known.file, known.file.moved(by: 3), known.file + Data(count: 9_000)] {
                let found = try #require(ForeignFile(file), "\(known.name)")
                #expect(found.name.hasPrefix(known.name), "\(found.name)")
                #expect(found.detail.hasPrefix("these bytes are \(known.name)") && found.detail.utf8.count < 200)
            }
        }
    }

    @Test func `sent as safetensors or .npy it is named`() throws {
        for known in try Self.golden() {
            let safetensors = formatError { _ = try SafetensorsFile(known.file) }
            let isOwn = known.name == "a safetensors file"
            #expect(isOwn ? safetensors == nil : safetensors?.detail.contains(known.name) == true, "\(known.name)")
            #expect(safetensors.map { $0.kind == .malformed && $0.tensor == nil } ?? true, "\(known.name)")
            let npy = formatError { _ = try NPYReader.read(known.file) }
            #expect(
                known.name == "a .npy file" ? npy == nil : npy?.detail.contains(known.name) == true, "\(known.name)")
        }
    }

    @Test func `sent as JSON it is named where it is none`() throws {
        for known in try Self.golden() where !["JSON", "the index of a model"].contains(known.name) {
            let error = try #require(throws: JSONSyntaxError.self) { _ = try JSONReader(known.file) }
            #expect(error.kind == .malformed && error.reason.contains(known.name), "\(known.name): \(error.reason)")
        }
    }

    @Test(arguments: [
        ("Not Found", "Not Found"), ("Entry not found\n", "Entry not found"), ("x", "x"), ("\n\n  a\tb\n", "  a b"),
        ("a,b\r\n1,2\r\n", "a,b"), ("# xet version 0\nfilesize = 4\n", "# xet version 0"), ("(dp0\nVa\n", "(dp0"),
        (
            "Access to model meta-llama/Llama-3.1-8B is restricted. You must be authenticated.",
            "Access to model meta-llama/Llama-3.1-8B is restr…"
        ),
        ("Zugriff auf das Modell ist beschränkt", "Zugriff auf das Modell ist beschränkt"),
        (String(repeating: "é", count: 3_000), String(repeating: "é", count: 48) + "…"),
    ])
    func `text sent as safetensors or .npy is named, with its beginning`(text: String, beginning: String) {
        let words =
            "these bytes are text, which begins \"\(beginning)\": a download may have failed; look into the file"
        #expect(formatError { _ = try SafetensorsFile(Data(text.utf8)) }?.detail.hasSuffix(words) == true)
        #expect(formatError { _ = try NPYReader.read(Data(text.utf8)) }?.detail.hasSuffix(words) == true)
    }

    @Test(arguments: [
        Data(), Data("Not Found\0".utf8), Data([0x4E, 0xFF, 0x74]), Data("abc\u{7F}".utf8),
        Data([10, 0, 0, 0, 0, 0, 0, 0]),
        Data(repeating: 0xC3, count: 2_000), Data(" \n\n".utf8),
    ])
    func `bytes that are no text are not called text`(file: Data) {
        #expect(formatError { _ = try SafetensorsFile(file) }?.detail.contains("text, which") == false)
        #expect(formatError { _ = try NPYReader.read(file) }?.detail.contains("text, which") == false)
    }

    @Test(arguments: ["", "P", "PK", "G", "\n", "[1]", "1", "x=1", "version 1", "{", "{}", "{\"", "<a>", "\u{80}"])
    func `what is short or ordinary is no file of another format`(text: String) {
        let isJSON = text.hasPrefix("{") && text.count > 1
        #expect(ForeignFile(Data(text.utf8))?.mediaType == (isJSON ? ForeignFile.json : nil))
    }

    @Test func `a safetensors file with a length like a magic number is still one`() throws {
        // Lengths of 0x0280, of 123 ("{") and of 0x088B1F, which are the first bytes of a pickle, of JSON and of gzip.
        for length in [0x0280, 0x0380, 0x0480, 0x0580, 123, 0x08_8B1F] {
            let header = "{}" + String(repeating: " ", count: length - 2)
            let file = Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }) + Data(header.utf8)
            #expect(try SafetensorsFile(file).tensors.isEmpty)
            let broken = formatError { _ = try SafetensorsFile(file + [0]) }
            #expect(broken?.kind == .sizeMismatch)
        }
        let cut = formatError { _ = try SafetensorsFile(Data([123, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x22])) }
        #expect(cut?.detail.contains("ends 2 bytes into it") == true)
    }

    @Test(arguments: [1, 2] as [UInt64]) func `no bytes make it trap`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let golden = try Self.golden()
        for _ in 0..<2_000 {
            var file = try #require(golden.randomElement(using: &random)).file.prefix(64)
            for _ in 0..<Int.random(in: 0...4, using: &random) where !file.isEmpty {
                file[Int.random(in: 0..<file.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            file = file.prefix(Int.random(in: 0...64, using: &random))
            let found = ForeignFile(file)
            #expect(found == nil || found?.name.isEmpty == false)
            _ = formatError { _ = try SafetensorsFile(file) }
            _ = formatError { _ = try NPYReader.read(file) }
        }
    }
}
