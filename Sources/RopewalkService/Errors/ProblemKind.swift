/// The error table: each kind of problem with its status, its title, and what `/docs/errors` says of it.
///
/// The raw value is the anchor that a problem's `type` leads to.
enum ProblemKind: String, CaseIterable, Sendable {
    case malformedJSON = "malformed-json"
    case duplicateKey = "duplicate-key"
    case nestingTooDeep = "nesting-too-deep"
    case malformedRequest = "malformed-request"
    case headTooLarge = "head-too-large"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case notAcceptable = "not-acceptable"
    case requestTimeout = "request-timeout"
    case bodyTooLarge = "body-too-large"
    case answerTooLarge = "answer-too-large"
    case tooMuchWork = "too-much-work"
    case unsupportedMediaType = "unsupported-media-type"
    case unsupportedEncoding = "unsupported-encoding"
    case unknownExpectation = "unknown-expectation"
    case unknownField = "unknown-field"
    case missingField = "missing-field"
    case wrongType = "wrong-type"
    case unknownValue = "unknown-value"
    case outOfRange = "out-of-range"
    case contradiction = "contradiction"
    case repeatedParameter = "repeated-parameter"
    case oddDimension = "odd-dimension"
    case raggedTensor = "ragged-tensor"
    case emptyTensor = "empty-tensor"
    case shapeMismatch = "shape-mismatch"
    case malformedTensor = "malformed-tensor"
    case notFinite = "not-finite"
    case numberOverflow = "number-overflow"
    case resultOverflow = "result-overflow"
    case internalError = "internal-error"
    case busy = "busy"
    case outOfMemory = "out-of-memory"
    case stopping = "stopping"

    var status: Int { row.status }
    var title: String { row.title }
    var explanation: String { row.explanation }

    private var row: (status: Int, title: String, explanation: String) {
        switch self {
        case .malformedJSON:
            (400, "Not JSON", "The body is not JSON by RFC 8259 in UTF-8. The detail says at which byte and line.")
        case .duplicateKey:
            (
                400, "Key given twice",
                "An object of the body has two members of one name, and no reader agrees on which counts."
            )
        case .nestingTooDeep:
            (400, "Nested too deep", "Arrays and objects of the body are nested more than 64 deep.")
        case .malformedRequest:
            (
                400, "Unusable request",
                "A header field or the request target is not what HTTP allows. Where it is the head, the connection is closed."
            )
        case .headTooLarge:
            (
                431, "Head too large",
                "The request line and the header fields are longer than 32 KiB, or the fields are too many. A request line alone gets 414."
            )
        case .notFound:
            (404, "Nothing here", "No route has this path. GET / lists them.")
        case .methodNotAllowed:
            (405, "Method not allowed", "The path exists; the Allow header lists the methods that it takes.")
        case .notAcceptable:
            (406, "Not acceptable", "The Accept header rules out every format that this route can answer in.")
        case .requestTimeout:
            (408, "Request too slow", "The request did not arrive in time. --idle-timeout sets how long it may take.")
        case .bodyTooLarge:
            (
                413, "Body too large",
                "The body is over --max-body-bytes, or over all that --max-buffered-bytes allows, or has more than 65 536 values besides elements of arrays."
            )
        case .answerTooLarge:
            (
                413, "Answer too large",
                "The answer would have more elements, or more bytes, than a limit allows. The detail names it."
            )
        case .tooMuchWork:
            (413, "Too much work", "An attention would take more multiply-adds than --max-multiply-adds allows.")
        case .unsupportedMediaType:
            (
                415, "Unsupported media type",
                "The body is not in a format that this route reads. The Accept header of the answer lists them."
            )
        case .unsupportedEncoding:
            (415, "Unsupported content encoding", "The body is compressed. Send it as it is.")
        case .unknownExpectation:
            (417, "Unknown expectation", "The only expectation of an Expect header that is met here is 100-continue.")
        case .unknownField:
            (
                422, "Unknown field",
                "A field or query parameter that this route does not have. The detail names the nearest that it has."
            )
        case .missingField:
            (422, "Missing field", "A field that this route cannot do without.")
        case .wrongType:
            (
                422, "Wrong type",
                "A value of another type than the field has. null is a value too, and not the absence of one."
            )
        case .unknownValue:
            (422, "Unknown value", "The field takes one of a few values, and this is none of them.")
        case .outOfRange:
            (422, "Out of range", "A number that is outside of what the field allows.")
        case .contradiction:
            (
                422, "Contradicting fields",
                "Two fields that cannot both hold, or one that has no meaning beside the other."
            )
        case .repeatedParameter:
            (422, "Parameter given twice", "A key of the query stands there more than once.")
        case .oddDimension:
            (
                422, "Dimension must be even",
                "RoPE rotates pairs, so the number of elements that rotate, rotary_dim, must be even."
            )
        case .raggedTensor:
            (
                422, "Ragged tensor",
                "Rows of a tensor have different lengths. The pointer leads to the first that differs."
            )
        case .emptyTensor:
            (422, "Empty tensor", "A tensor, and each of its axes, holds at least one element.")
        case .shapeMismatch:
            (422, "Shapes do not fit", "A shape is none, or does not go with the data or with another field.")
        case .malformedTensor:
            (
                422, "Not a tensor file",
                "The body is not of the format that Content-Type names, or its tensors do not take its bytes, each once."
            )
        case .notFinite:
            (
                422, "Number not finite",
                "An element of a binary tensor is infinite or no number, and is to be computed on. The entry has the tensor and the index."
            )
        case .numberOverflow:
            (422, "Number too large", "A number of the body is larger than its type can hold.")
        case .resultOverflow:
            (
                422, "Result overflows",
                "An element of the answer is not finite in the dtype. The entry's index says which; float64 may hold it."
            )
        case .internalError:
            (500, "Internal error", "A defect of the service. Report it with the request id.")
        case .busy:
            (
                503, "Busy",
                "As many requests are waiting, or as many bytes are held, as may be. Try again after Retry-After seconds."
            )
        case .outOfMemory:
            (
                503, "Out of memory",
                "The system refused memory that the limits allow. Try again after Retry-After seconds; an operator should lower --max-buffered-bytes or give the process more memory."
            )
        case .stopping:
            (503, "Stopping", "The service is shutting down.")
        }
    }
}
