import MicroHTTP
import Testing

@Suite struct RequestTargetTests {
    @Test(
        arguments: [
            ("/a/b", "/a/b", []), ("/%6Civez", "/livez", []), ("/a%zz", "/a%zz", []), ("/a%3Fb?c", "/a?b", [("c", "")]),
            ("/a?", "/a", []), ("*", "*", []), ("", "/", []), ("http://h", "/", []),
            ("http://h:1/p?x=1", "/p", [("x", "1")]), ("http://h?x=1", "/", [("x", "1")]),
            ("/?u=http://h/p", "/", [("u", "http://h/p")]),
            ("/a?x=1&y=2&x=3", "/a", [("x", "1"), ("y", "2"), ("x", "3")]), ("/a?x", "/a", [("x", "")]),
            ("/a?x=1=2", "/a", [("x", "1=2")]), ("/a?x=%41%2c%E2%82%AC", "/a", [("x", "A,€")]),
            ("/a?b=1e+6", "/a", [("b", "1e+6")]),
            ("/a?&&x=1&", "/a", [("x", "1")]), ("/a?%78=1", "/a", [("x", "1")]),
        ] as [(String, String, [(String, String)])])
    func `a target is a path and the items of a query`(_ raw: String, _ path: String, _ items: [(String, String)]) {
        let target = RequestTarget(raw)
        #expect(target.path == path)
        #expect(target.queryItems == items.map { RequestTarget.QueryItem(name: $0.0, value: $0.1) })
    }

    @Test(arguments: ["/a?x=%", "/a?x=%4", "/a?x=%zz", "/a?x=%ff", "/a?%c3=1", "/a?x=%+1"])
    func `an escape that is none makes the query unreadable`(_ raw: String) {
        #expect(RequestTarget(raw).queryItems == nil)
    }
}
