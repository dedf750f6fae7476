import FoundationEssentials
import Glibc

/// `fuzz <format> seeds <folder>` writes files to begin with; all else after the format is libFuzzer's.
@main enum Fuzz {
    private enum Format: String { case json, npy, safetensors }

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 2, let format = Format(rawValue: arguments[1]) else {
            fail("the first argument is json, npy or safetensors")
        }
        if arguments.count == 4, arguments[2] == "seeds" {
            for (index, seed) in try seeds(of: format).enumerated() {
                try seed.write(to: URL(filePath: "\(arguments[3])/seed-\(index)"))
            }
        } else {
            // libFuzzer sees the program's name and what follows the format.
            CommandLine.unsafeArgv[1] = CommandLine.unsafeArgv[0]
            var (count, values) = (CommandLine.argc - 1, CommandLine.unsafeArgv + 1)
            exit(runFuzzer(&count, &values, test(of: format)))
        }
    }

    private static func seeds(of format: Format) throws -> [Data] {
        switch format {
        case .json: FuzzedBody.seeds
        case .npy: try FuzzedFile.seeds("npy")
        case .safetensors: try FuzzedFile.seeds("safetensors")
        }
    }

    /// Traps where a text or file is read, or written, in two ways that differ.
    private static func test(of format: Format) -> @convention(c) (UnsafePointer<UInt8>, Int) -> CInt {
        switch format {
        case .json:
            { bytes, count in
                FuzzedBody.check(Data(bytes: bytes, count: count))
                return 0
            }
        case .npy:
            { bytes, count in
                FuzzedFile(Data(bytes: bytes, count: count)).checkNPY()
                return 0
            }
        case .safetensors:
            { bytes, count in
                FuzzedFile(Data(bytes: bytes, count: count)).checkSafetensors()
                return 0
            }
        }
    }
}

/// The corresponding C function is `LLVMFuzzerRunDriver`.
@_silgen_name("LLVMFuzzerRunDriver") private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ values: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt
