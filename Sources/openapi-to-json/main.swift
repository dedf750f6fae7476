// openapi-to-json <openapi.yaml> <out.swift>: the same document as JSON, as one Swift constant.
import Foundation
import Yams

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: openapi-to-json <openapi.yaml> <out.swift>\n".utf8))
    exit(64)
}
let yaml = try String(contentsOfFile: arguments[1], encoding: .utf8)
let document = try Yams.load(yaml: yaml) ?? [String: Any]()
let json = try JSONSerialization.data(
    withJSONObject: document, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
// A raw string delimited by more # than a JSON text of ours ever holds in a row.
let source = """
    extension OpenAPI {
        /// openapi.yaml as JSON.
        static let json = ####\"""
    \(String(decoding: json, as: UTF8.self))
    \"""####
    }

    """
try source.write(toFile: arguments[2], atomically: true, encoding: .utf8)
