import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// Makes answers of JSON within the budget of bytes.
struct AnswerWriter: Sendable {
    let budget: ByteBudget
    let maxElements: Int
    /// Whether the elements of an answer in JSON are counted as well as their text: where memory is scarce.
    let countsElements: Bool

    /// Room for text beside the numbers of an answer.
    private static let envelope = 4_096

    /// Holds what an answer of float32 to so many numbers may take, before it is known how many it will have.
    ///
    /// `body` are the bytes that the request holds already. Throws where not enough is free now, so that nothing is computed
    /// in vain.
    func reserve(atMost count: Int, beside body: Int = 0) throws -> ByteBudget.Reservation {
        let bytes = min(jsonBytes(count, .float32), budget.limit - body)
        guard let reservation = budget.reserve(bytes) else {
            throw Problem(.buffersFull(limit: budget.limit, asked: bytes))
        }
        return reservation
    }

    /// Holds what an answer of so many numbers may take. Throws where it is over a limit, or nothing is free now.
    func adjust(
        _ reservation: ByteBudget.Reservation, to count: Int, _ type: ScalarType, beside body: Int = 0
    ) throws {
        try adjust(reservation, toBytes: jsonBytes(count, type), elements: count, beside: body)
    }

    /// The same for an answer whose bytes are known.
    func adjust(
        _ reservation: ByteBudget.Reservation, toBytes bytes: Int, elements count: Int, beside body: Int
    ) throws {
        guard count <= maxElements else { throw Self.tooManyElements(count, limit: maxElements) }
        guard bytes <= budget.limit - body else {
            throw Problem(
                .answerTooLarge,
                "request and answer may take \(body + bytes) bytes, and the limit --max-buffered-bytes is \(budget.limit)"
            )
        }
        guard reservation.resize(to: bytes) else { throw Problem(.buffersFull(limit: budget.limit, asked: bytes)) }
    }

    /// What an answer of so many numbers may take in JSON, as far as it may have as many.
    func jsonBytes(_ count: Int, _ type: ScalarType) -> Int {
        let text = JSONWriter.maxBytesPerNumber(type)
        return min(count, maxElements) * (countsElements ? text + type.size : text) + Self.envelope
    }

    static func tooManyElements(_ count: Int, limit: Int) -> Problem {
        Problem(
            .answerTooLarge, "the answer would have \(count.elements), and the limit --max-answer-elements is \(limit)")
    }

    /// The answer as JSON; the reservation shrinks to what it takes. `vary` is what its format depends on.
    func response(
        _ value: some Encodable, _ reservation: ByteBudget.Reservation, vary: String? = nil
    ) throws -> HTTPResponse {
        let body = try JSONWriter.write(value)
        _ = reservation.resize(to: body.count)
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if let vary { headers.add("Vary", vary) }
        return HTTPResponse(status: 200, headers: headers, body: body, reservation: reservation)
    }
}
