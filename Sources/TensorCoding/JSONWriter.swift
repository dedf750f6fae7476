import FoundationEssentials
import PositionalEncoding

/// Writes an answer's JSON: the one way from values to bytes.
///
/// Members in alphabetical order and slashes as they are, so that equal answers are equal bytes from every process.
/// Values are written as they encode themselves: Foundation's `Data`, `URL` and `Decimal` are no strings or numbers here.
package enum JSONWriter {
    /// Throws `EncodingError` where a number is not finite.
    package static func write(_ value: some Encodable) throws -> Data {
        try JSONTextEncoder.text(of: value)
    }

    /// More than any number takes with its comma: `-1.1754944e-38,` and `-2.2250738585072014e-308,`.
    package static func maxBytesPerNumber(_ type: ScalarType) -> Int {
        switch type {
        case .float32: Float.longestText + 1
        case .float64: Double.longestText + 1
        }
    }
}
