import FoundationEssentials
import MicroHTTP

/// What answers the requests of one route. All that throws throws what `Problem` can be made of.
protocol Endpoint: Sendable {
    /// Refuses what the head alone shows to be wrong, before a body is read.
    func check(_ head: HTTPRequest) throws

    /// In which a body may come; none where there is no body.
    var bodyFormats: [TensorFormat] { get }

    /// Whether tensors of a binary body are copied when they are rotated, and the answer has fewer elements than the request.
    var rotatesCopies: Bool { get }

    func answer(_ request: HTTPRequest) throws -> EndpointAnswer
}

extension Endpoint {
    func check(_ head: HTTPRequest) throws {}
    var bodyFormats: [TensorFormat] { [] }
    var rotatesCopies: Bool { false }
}

/// An answer, or the work that makes it; see `HTTPAnswer`.
enum EndpointAnswer: Sendable {
    case now(HTTPResponse)
    /// What takes long asks now and then whether it is cancelled, and throws `CancellationError`.
    case later(@Sendable (Cancellation) throws -> HTTPResponse)

    /// Done at once where `nanoseconds`, an estimate, is less than handing it to another thread is worth.
    static func work(
        estimatedAt nanoseconds: Int, _ make: @escaping @Sendable (Cancellation) throws -> HTTPResponse
    ) throws -> Self {
        nanoseconds <= Self.longestInline ? .now(try make(Cancellation())) : .later(make)
    }

    /// A hop to a compute thread and back costs 30 µs of latency and as much of processor time, measured on two idle cores:
    /// what is shorter than three of them is worth more to those who wait behind it than the hop saves them.
    private static let longestInline = 90_000
}

/// A fixed answer.
struct StaticEndpoint: Endpoint {
    let response: HTTPResponse

    init(_ body: Data, type: String) {
        response = HTTPResponse(status: 200, headers: ["Content-Type": type], body: body)
    }

    func answer(_ request: HTTPRequest) -> EndpointAnswer {
        .now(response)
    }
}
