import Foundation
import Yams

/// Writes a YAML document as JSON.
func convert(_ document: String, to output: String) throws {
    let yaml = try String(contentsOfFile: document, encoding: .utf8)
    let json = try JSONSerialization.data(
        withJSONObject: try Yams.load(yaml: yaml) ?? [String: Any](),
        options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    try (json + Data("\n".utf8)).write(to: URL(filePath: output))
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: openapi-to-json <openapi.yaml> <openapi.json>\n".utf8))
    exit(64)
}
try convert(arguments[1], to: arguments[2])
