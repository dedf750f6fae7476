import MicroHTTP

/// The path below which a proxy serves us, as in `/rope-service`, by the header field `X-Forwarded-Prefix`.
///
/// Links in answers begin with it. A field that anything else than a proxy of good manners may have sent is ignored.
struct PathPrefix: Equatable {
    static let field = "X-Forwarded-Prefix"

    private static let mostBytes = 256

    /// Begins with a slash and does not end with one.
    let path: String

    /// nil where there is no such field, or more than one, or its value is not segments of letters, digits, `-`, `.`, `_` and
    /// `~` with one slash before each.
    init?(_ headers: HTTPHeaders) {
        guard let value = headers[Self.field], headers.count(of: Self.field) == 1, value.utf8.count <= Self.mostBytes,
            value.utf8.first == UInt8(ascii: "/")
        else { return nil }
        let path = value.hasSuffix("/") ? value.dropLast() : value[...]
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard !segments.isEmpty,
            segments.allSatisfy({ !["", ".", ".."].contains($0) && $0.utf8.allSatisfy(Self.isUnreserved) })
        else { return nil }
        self.path = String(path)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~".utf8.contains(byte)
        }
    }
}
