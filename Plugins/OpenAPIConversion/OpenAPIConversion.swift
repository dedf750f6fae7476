import Foundation
import PackagePlugin

/// Converts openapi.yaml to JSON while building, so that /openapi.json cannot differ from /openapi.yaml.
@main
struct OpenAPIConversion: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let document = context.package.directoryURL.appending(path: "openapi.yaml")
        let output = context.pluginWorkDirectoryURL.appending(path: "OpenAPI+JSON.swift")
        return [
            .buildCommand(
                displayName: "openapi.yaml as JSON",
                executable: try context.tool(named: "openapi-to-json").url,
                arguments: [document.path, output.path],
                inputFiles: [document],
                outputFiles: [output]
            )
        ]
    }
}
