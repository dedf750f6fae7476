import Foundation
import Yams

/// Writes a YAML document, as JSON, into a Swift file of one constant.
func convert(_ document: String, to output: String) throws {
    let yaml = try String(contentsOfFile: document, encoding: .utf8)
    let json = try JSONSerialization.data(
        withJSONObject: try Yams.load(yaml: yaml) ?? [String: Any](),
        options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    // A raw string delimited by more # than a JSON text of ours ever holds in a row.
    let source = """
        extension OpenAPI {
            /// openapi.yaml as JSON.
            static let json = ####\"""
        \(String(decoding: json, as: UTF8.self))
        \"""####
        }

        """
    try source.write(toFile: output, atomically: true, encoding: .utf8)
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: openapi-to-json <openapi.yaml> <out.swift>\n".utf8))
    exit(64)
}
try convert(arguments[1], to: arguments[2])
