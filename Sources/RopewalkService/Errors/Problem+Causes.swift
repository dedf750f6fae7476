import MicroHTTP
import PositionalEncoding
import TensorCoding

extension Problem {
    /// The problem that any error is; one that nobody foresaw is an internal error, of which only the log knows more.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as JSONSyntaxError: self.init(error)
        case let error as InvalidValue: self.init(error)
        case let error as TensorFormatError: self.init(error)
        case is OutOfMemory: self.init(.outOfMemory, "the system has no memory for the answer now")
        // Nobody reads this: the server has given the request another answer, or its client has gone.
        case is CancellationError: self.init(.stopping, "the request was cancelled")
        default: self.init(.internalError, "the service failed on this request; its id is in its log")
        }
    }

    private init(_ error: JSONSyntaxError) {
        let kind: ProblemKind =
            switch error.kind {
            case .malformed: .malformedJSON
            case .duplicateKey: .duplicateKey
            case .tooDeep: .nestingTooDeep
            }
        let place = "byte \(error.offset), line \(error.line), column \(error.column)"
        self.init(
            kind, "\(error.reason) (\(place))", entries: [Entry(detail: error.reason, place: .pointer(error.pointer))])
    }

    private init(_ error: InvalidValue) {
        let kind: ProblemKind =
            switch error.kind {
            case .wrongType: .wrongType
            case .overflow: .numberOverflow
            case .ragged: .raggedTensor
            case .empty: .emptyTensor
            case .shapeMismatch: .shapeMismatch
            case .unknownKey: .unknownField
            case .missingKey: .missingField
            case .tooManyElements: .answerTooLarge
            case .tooManyValues: .bodyTooLarge
            case .contradiction: .contradiction
            }
        let place = error.pointer.description
        var detail = "\(place.isEmpty ? "the body" : place): \(error.detail)"
        if case .tooManyElements(let limit) = error.kind {
            detail += ", and the limit --max-answer-elements is \(limit)"
        }
        self.init(kind, detail, entries: [Entry(detail: error.detail, place: .pointer(error.pointer))])
    }

    /// What the server itself refuses.
    init(_ failure: HTTPFailure) {
        switch failure {
        case .unusableHeader(let name, let reason):
            self.init(.malformedRequest, at: .header(name), "the header field \(name) \(reason)")
        case .unusableRequestLine:
            self.init(.malformedRequest, "the request line holds bytes that no method or URI has; percent-encode them")
        case .headTooLarge(let limit):
            self.init(
                .headTooLarge,
                "the request line and header fields are longer than \(limit) bytes, or the fields are too many")
        case .unknownExpectation(let expectation):
            self.init(.unknownExpectation, at: .header("Expect"), "the expectation \(expectation) is not known here")
        case .bodyTooLarge(let limit, let asked):
            let size = asked.map { $0 == .max ? "longer than any" : "of \($0) bytes" } ?? "longer than \(limit) bytes"
            self.init(.bodyTooLarge, "the body is \(size), and the limit --max-body-bytes is \(limit)")
        case .buffersFull(let limit, let asked) where asked > limit:
            self.init(
                .bodyTooLarge,
                "the body needs a buffer of \(asked) bytes, and the limit --max-buffered-bytes is \(limit)")
        case .buffersFull(let limit, let asked):
            self.init(
                .busy,
                "\(asked) bytes are not free now: of --max-buffered-bytes, requests may hold \(limit) bytes together here"
            )
        case .outOfMemory(let asked):
            self.init(.outOfMemory, "the system has no memory for the \(asked) bytes of the body now")
        case .queueFull(let limit):
            self.init(.busy, "as many requests are waiting as --max-queue, \(limit), allows")
        case .bodyTooSlow:
            self.init(.requestTimeout, "the request did not arrive in the time that --idle-timeout sets")
        case .stopping:
            self.init(.stopping, "the service is shutting down and has not finished this request in time")
        }
    }

    /// Throws where a tensor of a binary body, by its name, holds what cannot be computed on.
    static func check(_ tensor: TensorBytes, _ shape: TensorShape, _ name: String) throws {
        guard let place = tensor.firstNonFinite else { return }
        throw notFinite(name, shape.indices(at: place)) { .tensor(name, element: $0) }
    }

    /// Throws where a tensor of a JSON body, which has no such numbers but in base64, holds what cannot be computed on.
    static func check(given tensor: AnyTensor, _ name: String) throws {
        guard let index = tensor.firstNonFinite else { return }
        throw notFinite(name, index) { _ in inBase64(name) }
    }

    static func notFinite(_ name: String, _ index: [Int], at place: ([Int]) -> Place) -> Problem {
        Problem(.notFinite, at: place(index), "\(name.clipped)\(index) is infinite or no number")
    }

    /// Where a JSON body has the numbers of a tensor that digits could not have.
    static func inBase64(_ name: String) -> Place { .pointer(JSONPointer([name, "base64"])) }

    /// Throws where a tensor of an answer holds what no JSON number is.
    static func check(_ tensor: AnyTensor, _ name: String, of type: FloatType) throws {
        if let index = tensor.firstNonFinite { throw overflow(name, index, type) }
    }

    /// An element of an answer is not finite; `place` says where, if not by its indices.
    static func overflow(_ name: String, _ index: [Int], _ type: FloatType, at place: Place? = nil) -> Problem {
        let hint = type == .float64 ? "" : "; float64 may hold it"
        return Problem(
            .resultOverflow, at: place ?? .element(index),
            "\(name.clipped)\(index) is not finite in \(type.rawValue), or a number on the way to it\(hint)")
    }
}

extension Int {
    /// So many elements, in a message.
    var elements: String { counted("element") }
    var numbers: String { counted("number") }
    var rows: String { counted("row") }
    var pairs: String { counted("pair") }
    var axes: String { self == 1 ? "1 axis" : "\(self) axes" }
    var positions: String { counted("position") }
}
