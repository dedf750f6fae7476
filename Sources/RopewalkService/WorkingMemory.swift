import FoundationEssentials
import MicroHTTP

/// Memory that requests need besides their bodies and answers while they are computed, held in the budget of these.
///
/// It is counted only where memory is scarce; elsewhere the budget counts bodies and answers alone.
struct WorkingMemory: Sendable {
    private let budget: ByteBudget

    /// What is decoded from a smaller body fits into the room that each compute thread has.
    private static let leastBody = 64 << 10
    /// Bytes for each element of JSON: float32 as it is read and, of queries and keys, as it is rotated.
    private static let bytesPerElement = 8
    /// The same where float64 is wanted, and was perhaps read as float32 first.
    private static let bytesPerWideElement = 20
    /// Bytes of an element's answer: a float32, and its longest text.
    private static let bytesPerAnswer = 20
    /// Text of a number with white space; what is longer is counted as base64.
    private static let longestNumber = 32
    /// The types of tensors are written in these first bytes of a safetensors file.
    private static let longestHeader = 64 << 10

    /// nil where memory is not scarce.
    init?(_ limits: Limits, _ budget: ByteBudget) {
        guard limits.isMemoryScarce else { return nil }
        self.budget = budget
    }

    /// Holds what a request may take while it is computed; nil where that is little.
    ///
    /// Throws where it is not free now, or never will be.
    func hold(for request: HTTPRequest, of endpoint: any Endpoint) throws -> ByteBudget.Reservation? {
        let body = request.body
        guard body.count >= Self.leastBody else { return nil }
        let need = Self.need(of: body, rotatingCopies: endpoint.rotatesCopies)
        guard need.bytes + need.answer <= budget.limit - body.count else {
            throw Problem(
                .bodyTooLarge,
                "to decode and answer this body of \(body.count) bytes takes \(need.bytes + need.answer) more, and the limit --max-buffered-bytes is \(budget.limit)"
            )
        }
        guard let reservation = budget.reserve(need.bytes) else {
            throw Problem(.buffersFull(limit: budget.limit, asked: need.bytes))
        }
        return reservation
    }

    /// Bytes that decoding a body and computing with it may take at most, and that an answer takes at least, where that is
    /// known: an endpoint that rotates copies answers fewer elements than it has read.
    ///
    /// Elements of JSON have commas between them, so that commas count them.
    static func need(of body: Data, rotatingCopies: Bool) -> (bytes: Int, answer: Int) {
        let bytes = body.span
        guard isJSON(bytes) else {
            // Halves are held and rotated as float32. The other endpoints reserve what they copy themselves.
            let isOfHalves = contains("F16", bytes.extracting(first: min(longestHeader, bytes.count)))
            return (rotatingCopies ? bytes.count * (isOfHalves ? 4 : 1) : 0, 0)
        }
        var elements = 1
        for index in bytes.indices where bytes[index] == UInt8(ascii: ",") { elements += 1 }
        // Base64 is decoded, read as elements, and these are rotated.
        let other = max(0, bytes.count - elements * longestNumber) / 4 * 9
        return (
            elements * (contains("float64", bytes) ? bytesPerWideElement : bytesPerElement) + other,
            rotatingCopies ? 0 : elements * bytesPerAnswer
        )
    }

    /// JSON begins with a brace, npy with another byte; a safetensors file may begin like JSON, and its eighth byte is 0.
    private static func isJSON(_ bytes: Span<UInt8>) -> Bool {
        let start = bytes.indices.first { ![0x20, 0x09, 0x0A, 0x0D].contains(bytes[$0]) }
        guard let start, bytes.count > 7 else { return false }
        return bytes[start] == UInt8(ascii: "{") && bytes[7] != 0
    }

    private static func contains(_ word: String, _ bytes: Span<UInt8>) -> Bool {
        let word = Array(word.utf8)
        guard bytes.count >= word.count else { return false }
        for start in 0...(bytes.count - word.count) where bytes[start] == word[0] {
            if word.indices.allSatisfy({ bytes[start + $0] == word[$0] }) { return true }
        }
        return false
    }
}
