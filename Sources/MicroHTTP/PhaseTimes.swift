/// How long the phases of an answer took, in seconds, as the header field `Server-Timing` lists them (W3C Server Timing).
package struct PhaseTimes: Sendable {
    package enum Phase: Int, Sendable {
        case decode
        /// Waiting for a compute thread.
        case queue
        case compute, encode
        /// From the request line until the answer is handed to libmicrohttpd; more than the others together.
        case total

        fileprivate var label: String {
            switch self {
            case .decode: "decode;dur="
            case .queue: "queue;dur="
            case .compute: "compute;dur="
            case .encode: "encode;dur="
            case .total: "total;dur="
            }
        }
    }

    /// By the raw value of the phase; NaN where there was none.
    private var seconds = InlineArray<5, Double>(repeating: .nan)

    package init() {}

    package subscript(phase: Phase) -> Double? {
        get {
            let seconds = seconds[phase.rawValue]
            return seconds.isNaN ? nil : seconds
        }
        set { seconds[phase.rawValue] = newValue ?? .nan }
    }

    /// `decode;dur=0.412, total;dur=2.1`, in milliseconds. Every answer has it, so it is put together by hand.
    var headerValue: String {
        var text = ASCIIText(reserving: 128)
        for index in seconds.indices {
            guard let phase = Phase(rawValue: index), let seconds = self[phase] else { continue }
            if !text.isEmpty { text.append(", ") }
            text.append(phase.label)
            text.append(thousandths: UInt((max(seconds, 0) * 1e6).rounded()))
        }
        return text.string
    }
}
