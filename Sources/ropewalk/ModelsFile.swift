import FoundationEssentials
import RopewalkService

/// The file that `--models` names.
struct ModelsFile: Sendable {
    let path: String

    /// Says why the file cannot be used, in one line.
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    /// The models that come with the service, and those of the file as it is now.
    func catalog() throws(Unusable) -> ModelCatalog {
        do {
            return try ModelCatalog.builtIn.adding(ModelCatalog(Data(contentsOf: URL(filePath: path))))
        } catch let error as CocoaError {
            let reason = error.code == .fileReadNoSuchFile ? "there is no such file" : "error \(error.code.rawValue)"
            throw Unusable(description: "--models \(path) cannot be read: \(reason)")
        } catch {
            throw Unusable(description: "--models \(path), \(ModelCatalog.reason(for: error))")
        }
    }
}
