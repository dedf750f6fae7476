import FoundationEssentials
import TensorCoding

/// The models that are known by name.
package struct ModelCatalog: Sendable {
    /// By name and by alias.
    private var presets: [String: ModelPreset] = [:]
    /// In the order of their names, without aliases.
    private(set) var all: [ModelPreset] = []
    /// Grows each time the service replaces its catalog, so that answers made with an earlier one are told apart.
    private(set) var edition = 0
    /// True where models come from a file, which the service may read again while it runs.
    private(set) var mayChange = false

    /// The models that come with the service.
    package static let builtIn: ModelCatalog = {
        do {
            return try ModelCatalog(Resource.models)
        } catch {
            preconditionFailure("models.json is read by a test: \(error)")
        }
    }()

    /// Models of a file like models.json: an object with one member a model, by its name.
    ///
    /// Throws what `reason(for:)` has words for.
    package init(_ file: Data) throws {
        let models = try JSONReader(file).read(File.self, configuration: ()).models
        for model in models { try add(model) }
    }

    /// With models of another file, which go before those of the same names here.
    package func adding(_ other: ModelCatalog) throws -> ModelCatalog {
        var sum = self
        sum.all.removeAll { other.presets[$0.name] != nil }
        sum.presets = sum.presets.filter { other.presets[$0.key] == nil && other.presets[$0.value.name] == nil }
        for model in other.all { try sum.add(model) }
        sum.mayChange = true
        return sum
    }

    /// The same models as the next edition after another catalog.
    func replacing(_ other: ModelCatalog) -> ModelCatalog {
        var next = self
        next.edition = other.edition + 1
        return next
    }

    /// Also by the name as a repository has it, with its owner and capitals.
    subscript(name: String) -> ModelPreset? { presets[name] ?? presets[Self.plain(name)] }

    /// In lower case and without an owner.
    static func plain(_ name: String) -> String {
        (name.split(separator: "/").last ?? "").lowercased()
    }

    /// All names, aliases among them.
    var names: [String] { Array(presets.keys) }

    private mutating func add(_ model: ModelPreset) throws {
        for name in [model.name] + model.aliases {
            guard presets.updateValue(model, forKey: name) == nil else {
                throw Problem(
                    .duplicateKey, at: .pointer(JSONPointer([model.name])), "\(name) is the name of two models")
            }
        }
        let index = all.firstIndex { $0.name > model.name } ?? all.endIndex
        all.insert(model, at: index)
    }

    /// Why a file is not read, with the place in it.
    package static func reason(for error: any Error) -> String {
        let problem = Problem(error)
        guard case .pointer(let pointer) = problem.entries.first?.place else { return problem.detail }
        return "\(pointer): \(problem.detail)"
    }

    private struct File: DecodableWithConfiguration {
        let models: [ModelPreset]

        init(from decoder: any Decoder, configuration: Void) throws {
            let fields = try JSONFields(decoder)
            models = try fields.names.sorted().map { try ModelPreset($0, fields.object($0)) }
        }
    }
}
