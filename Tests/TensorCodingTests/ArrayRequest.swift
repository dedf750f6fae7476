import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// A request with a field of each kind that arrays are read for.
struct ArrayRequest: DecodableWithConfiguration {
    let x: JSONTensor?
    let mask: JSONMask?
    let list: NumberList?

    private enum Key: CodingKey { case x, mask, list }

    init(from decoder: any Decoder, configuration type: ScalarType) throws {
        let object = try decoder.container(keyedBy: Key.self)
        func given(_ key: Key) throws -> (any Decoder)? {
            object.contains(key) ? try object.superDecoder(forKey: key) : nil
        }
        x = try given(.x).map { try JSONTensor(from: $0, as: type, maxElements: 1 << 20) }
        mask = try given(.mask).map { try JSONMask(from: $0, as: type) }
        list = try given(.list).map { try NumberList(from: $0) }
    }

    static func read(_ text: some Sequence<UInt8>, as type: ScalarType = .float32) throws -> ArrayRequest {
        try JSONReader(Data(Array(text))).read(ArrayRequest.self, configuration: type)
    }

    static func read(_ text: String, as type: ScalarType = .float32) throws -> ArrayRequest {
        try read(text.utf8, as: type)
    }
}
