import FoundationEssentials

/// `/docs/errors`: the error table as one plain page, to which the `type` of every problem leads.
enum ErrorPage {
    static func html() -> Data {
        let sections = ProblemKind.allCases.map { kind in
            """
            <h2 id="\(kind.rawValue)">\(kind.title)</h2>
            <p>\(kind.status) · <code>/docs/errors#\(kind.rawValue)</code></p>
            <p>\(kind.explanation)</p>
            """
        }
        return Data(
            """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>Ropewalk: errors</title>
            <h1>Errors</h1>
            <p>Every error is <code>application/problem+json</code> (RFC 9457). <code>detail</code> says what is wrong,
            <code>errors</code> where: a <code>pointer</code> into the JSON body, a <code>parameter</code> of the query, a
            <code>header</code>, or the <code>index</code> of an element of the answer.</p>
            \(sections.joined(separator: "\n"))
            </html>

            """.utf8)
    }
}
