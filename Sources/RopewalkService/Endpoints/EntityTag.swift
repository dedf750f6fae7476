import FoundationEssentials
import MicroHTTP

/// Conditional requests for answers to GET (RFC 9110 §8.8, §13). Most of them never change within a version.
enum EntityTag {
    /// The response with its tag, and how long it may be kept: a day, or where it may change, only if the service confirms it.
    static func tagged(_ response: HTTPResponse, mayChange: Bool) -> HTTPResponse {
        var response = response
        response.headers.add("ETag", "\"\(Version.current)-\(digest(response.body.span))\"")
        response.headers.add("Cache-Control", mayChange ? "no-cache" : "public, max-age=86400")
        if response.headers["Vary"] == nil { response.headers.add("Vary", "Accept") }
        return response
    }

    /// A response that is tagged, or 304 where the client has it.
    static func respond(to request: HTTPRequest, with response: HTTPResponse) -> HTTPResponse {
        guard let known = request.headers["If-None-Match"], let tag = response.headers["ETag"], matches(tag, known)
        else { return response }
        var response = response
        // The body stays for its length, which a 304 may announce only as the 200 would; it is not sent.
        response.status = 304
        return response
    }

    /// Weak comparison: whether a tag is in a list of them, or the list is `*`.
    private static func matches(_ tag: String, _ list: String) -> Bool {
        list.split(separator: ",").contains { entry in
            let entry = entry.trimmed
            return entry == "*" || (entry.hasPrefix("W/") ? entry.dropFirst(2) : entry) == tag
        }
    }

    /// FNV-1a of 64 bits. The tag keeps apart what one query gave in two versions, not what an attacker made alike.
    private static func digest(_ bytes: Span<UInt8>) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in bytes.indices {
            hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3
        }
        return String(hash, radix: 16)
    }
}
