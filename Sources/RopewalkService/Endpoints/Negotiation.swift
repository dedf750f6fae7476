import MicroHTTP
import TensorCoding

/// Which formats a request is in and which it takes, as RFC 9110 §12 has it.
enum Negotiation {
    /// The index of the type that Accept likes best; of equals, the first. Throws where it rules out all.
    ///
    /// `reason` says of the types why there are no others, where there might be.
    static func choice(
        of types: [String], _ head: HTTPRequest, because reason: (String) -> String? = { _ in nil }
    ) throws -> Int {
        guard let accept = head.headers["Accept"], accept != "*/*" else { return 0 }
        let qualities = types.map { quality(of: $0, accept) }
        guard let best = qualities.max(), best > 0, let index = qualities.firstIndex(of: best) else {
            let list = types.joined(separator: ", ")
            throw Problem(
                .notAcceptable, at: .header("Accept"),
                reason(list)
                    ?? "this route answers in \(list), and Accept rules \(types.count == 1 ? "it" : "them") out")
        }
        return index
    }

    /// The format of the body by its header: JSON where there is none, or a form's type, which a bare `curl -d` sends.
    static func bodyFormat(_ head: HTTPRequest, of formats: [TensorFormat]) throws -> TensorFormat {
        if let coding = head.headers["Content-Encoding"], coding.lowercased() != "identity" {
            throw Problem(
                .unsupportedEncoding, at: .header("Content-Encoding"),
                "the body is in \(coding.clipped); send it as it is")
        }
        guard let type = head.headers["Content-Type"] else { return .json }
        // As nearly all write it, so that nothing need be taken apart.
        if let format = formats.first(where: { $0.mediaType == type }) { return format }
        let parts = type.split(separator: ";").map { $0.trimmed.lowercased() }
        guard let name = parts.first, name != "application/x-www-form-urlencoded" else { return .json }
        guard let format = formats.first(where: { $0.mediaType == name }) else {
            throw Problem(
                .unsupportedMediaType, at: .header("Content-Type"),
                "this route reads \(list(formats)), and the body is \(name.clipped)"
            )
        }
        let charset = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count)
            .filter { $0 != "\"" }
        // ASCII is the part of UTF-8 that most JSON is.
        if format == .json, let charset, !["utf-8", "utf8", "us-ascii", "ascii"].contains(charset) {
            throw Problem(
                .unsupportedMediaType, at: .header("Content-Type"),
                "JSON is read in UTF-8 only, not in \(charset.clipped)")
        }
        return format
    }

    /// Whether Content-Type says that the body is JSON.
    static func namesJSON(_ head: HTTPRequest) -> Bool {
        let json = TensorFormat.json.mediaType
        guard let type = head.headers["Content-Type"] else { return false }
        return type == json || type.lowercased().hasPrefix(json)
    }

    /// Throws where a body that does not say what it is does not begin like a JSON object.
    static func checkUntyped(_ request: HTTPRequest, of formats: [TensorFormat], example: String) throws {
        let first = request.body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard first != UInt8(ascii: "{") else { return }
        if let file = ForeignFile(request.body) { throw untyped(file, request, of: formats) }
        guard request.target.query == nil || request.body.isEmpty else {
            throw Problem(
                .unsupportedMediaType, at: .header("Content-Type"),
                "\(missing(request)): with fields in the query it names the format of the body, as in -H 'Content-Type: \(formats.last { $0 != .raw }?.mediaType ?? "")'; this route reads \(list(formats))"
            )
        }
        throw Problem(
            .unsupportedMediaType,
            request.body.isEmpty
                ? "the body is empty; send a JSON object, as in curl -d '\(example)'"
                : "the body does not begin with {; send a JSON object, as in curl -d '\(example)', or say in Content-Type what it is"
        )
    }

    /// The problem of a file that is known by its first bytes and not by its Content-Type.
    private static func untyped(_ file: ForeignFile, _ request: HTTPRequest, of formats: [TensorFormat]) -> Problem {
        let advice =
            if let type = file.mediaType {
                formats.contains { $0.mediaType == type }
                    ? "; send it with -H 'Content-Type: \(type)'" : ", and this route reads \(list(formats))"
            } else {
                ": \(file.advice)"
            }
        return Problem(
            .unsupportedMediaType, at: .header("Content-Type"),
            "\(missing(request)), and the body is \(file.name)\(advice)")
    }

    /// What a request has in place of a Content-Type of its body.
    private static func missing(_ request: HTTPRequest) -> String {
        request.headers["Content-Type"] == nil
            ? "there is no Content-Type" : "Content-Type is that of a form, which curl sends where none is given"
    }

    private static func list(_ formats: [TensorFormat]) -> String {
        formats.map(\.mediaType).joined(separator: ", ")
    }

    /// How much an Accept header likes a type, by its most specific range: 0 where it rules it out.
    private static func quality(of type: String, _ accept: String) -> Double {
        let group = String(type.prefix { $0 != "/" }) + "/*"
        var best: (specificity: Int, quality: Double)?
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.trimmed.lowercased() }
            let specificity = ["*/*", group, type].firstIndex { $0 == parts.first }
            guard let specificity, specificity >= best?.specificity ?? 0 else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            // A weight that is none is as if it were not there.
            let quality = weight.map { (0...1).contains($0) ? $0 : 1 } ?? 1
            best = (specificity, best?.specificity == specificity ? max(quality, best?.quality ?? 0) : quality)
        }
        return best?.quality ?? (accept.allSatisfy(\.isWhitespace) ? 1 : 0)
    }
}

extension Substring {
    /// Without white space at its ends.
    var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        return start.prefix(upTo: start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)
    }
}
