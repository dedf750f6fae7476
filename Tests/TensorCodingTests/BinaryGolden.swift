import FoundationEssentials
import PositionalEncoding
import Testing

@testable import TensorCoding

/// Files that numpy or safetensors wrote, and what is in them, as `make goldens` put them down.
struct BinaryGolden<Case: Decodable>: Decodable {
    struct Provenance: Decodable {
        let command: String
        let script: String
        let numpy: String
        let safetensors: String
    }

    struct Refused: Decodable {
        let name: String
        let file: Data
    }

    /// A file of safetensors with a header that someone spelled by hand.
    struct Header: Decodable {
        let file: Data
        /// Those that safetensors' own reader finds, sorted by their scalars; nil where it refuses the file.
        let names: [String]?

        /// The text of the header.
        var text: String {
            let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            return String(decoding: file.dropFirst(8).prefix(length), as: UTF8.self)
        }
    }

    let provenance: Provenance
    let read: [Case]
    let refused: [Refused]?
    let headers: [Header]?

    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: folder.appending(path: "\(name).json")))
    }
}

struct NPYGolden: Decodable {
    let name: String
    let file: Data
    let type: String
    let shape: [Int]
    /// Little-endian and row-major.
    let bytes: Data
    /// What `numpy.save` writes of a tensor that we can answer.
    let isCanonical: Bool

    private enum CodingKeys: String, CodingKey {
        case name, file, type, shape, bytes
        case isCanonical = "is_canonical"
    }
}

struct SafetensorsGolden: Decodable {
    struct NamedTensor: Decodable {
        let name: String
        let type: String
        let shape: [Int]
        let bytes: Data
    }

    let name: String
    let file: Data
    let metadata: [String: String]
    let tensors: [NamedTensor]
}

/// The error of what is done with bytes; nil where there is none.
func formatError(_ body: () throws -> Void) -> TensorFormatError? {
    do {
        try body()
        return nil
    } catch {
        return error as? TensorFormatError
    }
}

extension Data {
    /// The same bytes at another place in memory, as a part of other data that does not begin at 0.
    func moved(by offset: Int) -> Data {
        let whole = Data(repeating: 0xA5, count: offset) + self + Data(repeating: 0xA5, count: 3)
        return whole[offset..<(offset + count)]
    }
}
