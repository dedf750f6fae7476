import Foundation
import Testing

/// What the Dockerfile says twice. The image itself is tested by make docker-test.
@Suite struct ImageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func `the image's version is that of the service`() throws {
        let dockerfile = try String(contentsOf: Self.root.appending(path: "Dockerfile"), encoding: .utf8)
        let version = try RopewalkProcess(["--version"]).rest().output.trimmingCharacters(in: .newlines)
        #expect(!version.isEmpty && dockerfile.contains("image.version=\"\(version)\""), "\(version)")
    }
}
