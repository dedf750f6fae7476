import MicroHTTP
import Testing

@Suite struct RouterTests {
    private func router() -> Router<String> {
        var router = Router<String>()
        router.add("GET", "/a", "get a")
        router.add("POST", "/a", "post a")
        router.add("POST", "/b", "post b")
        return router
    }

    private func description(_ match: Router<String>.Match) -> String {
        switch match {
        case .handler(let name): name
        case .options(let allow): "options \(allow)"
        case .methodNotAllowed(let allow): "405 \(allow)"
        case .notFound: "404"
        }
    }

    @Test(arguments: [
        ("GET", "/a", "get a"), ("HEAD", "/a", "get a"), ("POST", "/a", "post a"),
        ("PUT", "/a", "405 GET, HEAD, OPTIONS, POST"),
        ("BREW", "/b", "405 OPTIONS, POST"), ("HEAD", "/b", "405 OPTIONS, POST"), ("GET", "/b", "405 OPTIONS, POST"),
        ("OPTIONS", "/b", "options OPTIONS, POST"), ("OPTIONS", "*", "options GET, HEAD, OPTIONS, POST"),
        ("GET", "*", "404"),
        ("GET", "/a/", "404"), ("OPTIONS", "/c", "404"), ("GET", "", "404"),
        ("get", "/a", "405 GET, HEAD, OPTIONS, POST"),
    ])
    func `a method and a path lead to what was added for them`(_ method: String, _ path: String, _ expected: String) {
        #expect(description(router().match(method, path)) == expected)
    }
}
