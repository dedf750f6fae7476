import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// Makes answers of JSON within the budget of bytes.
struct AnswerWriter: Sendable {
    let budget: ByteBudget
    let maxElements: Int

    /// Room for text beside the numbers of an answer.
    private static let envelope = 4_096

    /// Holds the bytes that an answer of so many numbers may take. Throws where it is over a limit, or nothing is free now.
    func reserve(_ count: Int, _ type: ScalarType) throws -> ByteBudget.Reservation {
        guard count <= maxElements else { throw Self.tooManyElements(count, limit: maxElements) }
        let bytes = count * JSONWriter.maxBytesPerNumber(type) + Self.envelope
        guard bytes <= budget.limit else {
            throw Problem(
                .answerTooLarge,
                "the answer may take \(bytes) bytes, and the limit --max-buffered-bytes is \(budget.limit)")
        }
        guard let reservation = budget.reserve(bytes) else {
            throw Problem(.buffersFull(limit: budget.limit, asked: bytes))
        }
        return reservation
    }

    static func tooManyElements(_ count: Int, limit: Int) -> Problem {
        Problem(
            .answerTooLarge, "the answer would have \(count) elements, and the limit --max-answer-elements is \(limit)")
    }

    /// The answer as JSON; the reservation shrinks to what it takes.
    func response(_ value: some Encodable, _ reservation: ByteBudget.Reservation) throws -> HTTPResponse {
        let body = try JSONWriter.write(value)
        _ = reservation.resize(to: body.count)
        return HTTPResponse(
            status: 200, headers: ["Content-Type": "application/json"], body: body, reservation: reservation)
    }
}
