import FoundationEssentials

/// `GET /`: what this is, for somebody who has only the address.
enum FrontPage {
    static func text(routes: [(method: String, path: String)], below prefix: PathPrefix?) -> Data {
        let prefix = prefix?.path ?? ""
        let list = routes.map { "  \($0.method.padded(to: 5)) \(prefix)\($0.path)" }.joined(separator: "\n")
        return Data(
            """
            Ropewalk \(Version.current): rotary position embedding (RoPE) over HTTP.

            \(list)

            Turn the vector [1,0] by its position, 1:

              curl -d '{"x":[[1,0]],"positions":[1]}' localhost:8080\(prefix)/rope/apply

            Everything about it is in \(prefix)/openapi.yaml.

            """.utf8)
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
