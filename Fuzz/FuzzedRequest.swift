import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// A request with a field of each kind that arrays are read for, and what was read of it, bit for bit.
struct FuzzedRequest: DecodableWithConfiguration {
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

    /// Equal where the requests are.
    var bits: [[UInt64]] {
        let maskBits: [UInt64]? =
            switch mask?.elements {
            case .boolean(let tensor): tensor.shape.axes.map(UInt64.init) + tensor.elements.map { $0 ? 1 : 0 }
            case .additive(let tensor): tensor.bits
            case nil: nil
            }
        let listBits = list.map { list in list.axes.map(UInt64.init) + list.numbers.map(\.bitPattern) }
        return [x?.tensor.bits ?? [], maskBits ?? [], listBits ?? []]
    }
}

extension AnyTensor {
    /// Of the axes and of the elements.
    var bits: [UInt64] {
        let elements =
            switch self {
            case .float32(let tensor): tensor.elements.map { UInt64($0.bitPattern) }
            case .float64(let tensor): tensor.elements.map(\.bitPattern)
            }
        return shape.axes.map(UInt64.init) + elements
    }
}
