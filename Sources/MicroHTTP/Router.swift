/// Finds what answers a method and a path. HEAD goes where GET goes; OPTIONS is known everywhere.
///
/// Public, and what a request goes through inlinable, so that it is specialised for the handlers of another module.
public struct Router<Handler: Sendable>: Sendable {
    public enum Match {
        case handler(Handler)
        /// OPTIONS: what the path allows.
        case options(allow: String)
        case methodNotAllowed(allow: String)
        case notFound
    }

    @usableFromInline var handlers: [String: [String: Handler]] = [:]

    package init() {}

    /// Adds a route; a method and path are added once. A path may end in `/{name}`, which stands for any last
    /// segment, also for one with an owner before it, as in `/meta-llama/Llama-3.1-8B`.
    package mutating func add(_ method: String, _ path: String, _ handler: Handler) {
        precondition(handlers[path]?[method] == nil, "\(method) \(path) is routed twice")
        handlers[path, default: [:]][method] = handler
    }

    /// All that was added, ordered by path and method.
    package var routes: [(method: String, path: String)] {
        handlers
            .flatMap { path, methods in methods.keys.map { (method: $0, path: path) } }
            .sorted { ($0.path, $0.method) < ($1.path, $1.method) }
    }

    /// The same routes, with a handler made of each handler and its path.
    package func map<Other>(_ make: (Handler, String) -> Other) -> Router<Other> {
        var router = Router<Other>()
        for (path, methods) in handlers {
            for (method, handler) in methods { router.add(method, path, make(handler, path)) }
        }
        return router
    }

    /// The path as it was added; nil where there is none.
    package func pattern(for path: String) -> String? {
        if handlers[path] != nil { return path }
        return patterns(of: path).first { handlers[$0] != nil }
    }

    /// What a path may have been added as: with a name in place of its last segment, or of its last two.
    @usableFromInline func patterns(of path: String) -> [String] {
        let pattern = Self.pattern(of: path)
        guard path.last != "/", let slash = path.lastIndex(of: "/"), !path[..<slash].hasSuffix("/") else {
            return [pattern]
        }
        return [pattern, Self.pattern(of: String(path[..<slash]))]
    }

    /// The path with a name in place of what follows its last slash.
    @usableFromInline static func pattern(of path: String) -> String {
        path.last == "/" ? path : path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/{name}"
    }

    @inlinable
    public func match(_ method: String, _ path: String) -> Match {
        if let methods = handlers[path], let handler = methods[method] { return .handler(handler) }
        return rareMatch(method, path)
    }

    /// All but a path as it was added, and its method.
    @usableFromInline func rareMatch(_ method: String, _ path: String) -> Match {
        if path == "*", method == "OPTIONS" {
            return .options(allow: allow(Set(handlers.values.flatMap(\.keys))))
        }
        guard let methods = handlers[path] ?? patterns(of: path).lazy.compactMap({ handlers[$0] }).first else {
            return .notFound
        }
        if let handler = methods[method == "HEAD" ? "GET" : method] { return .handler(handler) }
        let allow = allow(Set(methods.keys))
        return method == "OPTIONS" ? .options(allow: allow) : .methodNotAllowed(allow: allow)
    }

    private func allow(_ methods: Set<String>) -> String {
        methods.union(methods.contains("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"]).sorted().joined(separator: ", ")
    }
}
