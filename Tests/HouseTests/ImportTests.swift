import Foundation
import Testing

/// The walls of the house, read from the `import` lines: SwiftPM would let a transitive import pass.
@Suite struct ImportTests {
    /// What each room may import, besides the standard library's own modules.
    private static let allowed: [String: Set<String>] = [
        "Locking": [],
        "Caching": [],
        "LargeMemory": [],
        "PositionalEncoding": ["CRotaryKernels", "Tensor.swift", "TensorLoan.swift"],
        "TensorCoding": ["CNumberKernels", "PositionalEncoding", "FoundationEssentials", "Dispatch"],
        "MicroHTTP": ["CMicroHTTPD", "FoundationEssentials", "Dispatch"],
        "RopewalkService": [
            "CResources", "MicroHTTP", "TensorCoding", "PositionalEncoding", "Logging", "FoundationEssentials",
        ],
        "ropewalk": ["RopewalkService", "MicroHTTP", "ArgumentParser", "Logging", "FoundationEssentials", "Dispatch"],
        "openapi-to-json": ["Foundation", "Yams"],
        "prove-numbers": ["TensorCoding", "Dispatch"],
        "bench-engine": ["PositionalEncoding", "Dispatch"],
    ]
    private static let everywhere: Set<String> = ["Synchronization", "Glibc", "Locking", "Caching", "LargeMemory"]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func sources(of room: String) throws -> [(name: String, text: String)] {
        let folder = root.appending(path: "Sources/\(room)")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map {
                (
                    $0.path.replacingOccurrences(of: folder.path + "/", with: ""),
                    try String(contentsOf: $0, encoding: .utf8)
                )
            }
    }

    @Test func `arrows go down only`() throws {
        for (room, allowed) in Self.allowed {
            let sources = try Self.sources(of: room)
            #expect(!sources.isEmpty)
            for source in sources {
                let imports = source.text.split(separator: "\n").compactMap { line -> String? in
                    let words = line.split(separator: " ")
                    return words.firstIndex(of: "import").flatMap {
                        $0 <= 2 && words.count > $0 + 1 ? String(words[$0 + 1]) : nil
                    }
                }
                let forbidden = Set(imports).subtracting(allowed).subtracting(Self.everywhere)
                #expect(forbidden.isEmpty, "\(room)/\(source.name) imports \(forbidden.sorted())")
            }
        }
    }

    @Test func `every room is known here`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path)
        #expect(
            Set(folders)
                == Set(Self.allowed.keys).union(["CMicroHTTPD", "CNumberKernels", "CResources", "CRotaryKernels"]))
    }

    @Test func `C of libmicrohttpd is called in one folder`() throws {
        for source in try Self.sources(of: "MicroHTTP") where source.text.contains("import CMicroHTTPD") {
            #expect(source.name.hasPrefix("MHD/"), "\(source.name)")
        }
    }

    @Test func `unsafe stays where sockets, C and buffers are, and where numbers and bytes are read and written`()
        throws
    {
        let folders = [
            "PositionalEncoding": ["CRotaryKernels", "Tensor.swift", "TensorLoan.swift"],
            "TensorCoding": ["Binary/", "Numbers/"], "RopewalkService": ["Resources/"],
            "MicroHTTP": ["MHD/", "Sockets/"],
        ]
        for (room, folders) in folders {
            for source in try Self.sources(of: room) where source.text.contains("unsafe ") {
                #expect(folders.contains { source.name.hasPrefix($0) }, "\(room)/\(source.name)")
            }
        }
    }
}
