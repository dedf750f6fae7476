import FoundationEssentials
import Glibc
import TestSupport

/// `fuzz-json seeds <folder>` writes requests to begin with; all else is libFuzzer's.
@main enum FuzzJSON {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "seeds" {
            try writeSeeds(to: arguments[2])
        } else {
            var (count, values) = (CommandLine.argc, CommandLine.unsafeArgv)
            exit(runFuzzer(&count, &values) { bytes, count in FuzzJSON.test(Data(bytes: bytes, count: count)) })
        }
    }

    /// What the tests begin with as well, each in a file.
    private static func writeSeeds(to folder: String) throws {
        var corpus = JSONCorpus(seed: 1)
        let requests = (0..<500).map { _ in Array(corpus.next().utf8) }.filter { $0.count < 4_000 }
        for (index, text) in (JSONFuzzer.documents + requests).enumerated() {
            try Data(text).write(to: URL(filePath: "\(folder)/seed-\(index)"))
        }
    }

    /// Traps where a text is read, or written, in two ways that differ.
    private static func test(_ text: Data) -> CInt {
        let isArray = text.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
        let fields = ["{\"x\":", ",\"mask\":", ",\"list\":"]
        let body = isArray ? fields.reduce(Data()) { $0 + $1.utf8 + text } + "}".utf8 : text
        FuzzedBody(body).check()
        return 0
    }
}

/// The corresponding C function is `LLVMFuzzerRunDriver`.
@_silgen_name("LLVMFuzzerRunDriver") private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ values: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt
