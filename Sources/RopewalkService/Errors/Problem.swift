import FoundationEssentials
import MicroHTTP
import TensorCoding

/// Why a request is not answered: what becomes `application/problem+json` (RFC 9457).
struct Problem: Error, Equatable {
    /// The most mistakes that one answer lists.
    static var mostEntries: Int { 16 }

    /// One thing that is wrong, and its place.
    struct Entry: Sendable, Equatable {
        let detail: String
        let place: Place
    }

    let kind: ProblemKind
    let detail: String
    let entries: [Entry]

    init(_ kind: ProblemKind, _ detail: String, entries: [Entry] = []) {
        self.kind = kind
        self.detail = detail
        self.entries = entries
    }

    init(_ kind: ProblemKind, at place: Place, _ detail: String) {
        self.init(kind, detail, entries: [Entry(detail: detail, place: place)])
    }

    /// The answer to a request. `headers` are those that the status asks for, such as `Allow`.
    func response(to head: HTTPRequest, headers: HTTPHeaders = [:]) -> HTTPResponse {
        let prefix = PathPrefix(head.headers)
        let document = Document(
            detail: detail, errors: entries.isEmpty ? nil : entries, instance: head.id, status: kind.status,
            title: kind.title,
            type: "\(prefix?.path ?? "")/docs/errors#\(kind.rawValue)")
        var headers = headers
        headers.add("Content-Type", "application/problem+json")
        if prefix != nil { headers.add("Vary", PathPrefix.field) }
        if kind.status == 503 { headers.add("Retry-After", "1") }
        // Only a number that is not finite cannot be written, and a document has none.
        let body = (try? JSONWriter.write(document)) ?? Data()
        var response = HTTPResponse(status: kind.status, headers: headers, body: body)
        response.refusalReason = kind.rawValue
        return response
    }

    private struct Document: Encodable {
        let detail: String
        let errors: [Entry]?
        let instance: String
        let status: Int
        let title: String
        let type: String
    }
}

extension Problem.Entry: Encodable {
    private enum Key: String, CodingKey { case detail, pointer, parameter, header, index, tensor }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(detail, forKey: .detail)
        switch place {
        case .pointer(let pointer): try object.encode(pointer.description, forKey: .pointer)
        case .parameter(let name): try object.encode(name, forKey: .parameter)
        case .tensor(let name, let indices):
            try object.encode(name.clipped, forKey: .tensor)
            try object.encodeIfPresent(indices, forKey: .index)
        case .header(let name): try object.encode(name, forKey: .header)
        case .element(let indices): try object.encode(indices, forKey: .index)
        }
    }
}
