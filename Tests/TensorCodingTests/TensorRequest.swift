import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// A request with a tensor `x`, as an endpoint would have it.
struct TensorRequest: DecodableWithConfiguration {
    let x: JSONTensor

    struct Configuration {
        var type = ScalarType.float32
        var maxElements = 1 << 20
    }

    private enum Key: CodingKey { case x }

    init(from decoder: any Decoder, configuration: Configuration) throws {
        let object = try decoder.container(keyedBy: Key.self)
        x = try JSONTensor(
            from: object.superDecoder(forKey: .x), as: configuration.type, maxElements: configuration.maxElements)
    }

    /// Reads what stands at x.
    static func read(_ x: String, as type: ScalarType = .float32, maxElements: Int = 1 << 20) throws -> JSONTensor {
        try JSONReader(Data("{\"x\":\(x)}".utf8)).read(
            TensorRequest.self, configuration: Configuration(type: type, maxElements: maxElements)
        ).x
    }
}

extension AnyTensor {
    /// The elements' bits: unlike ==, they tell −0 from 0.
    var bits: [UInt64] {
        switch self {
        case .float32(let tensor): tensor.elements.map { UInt64($0.bitPattern) }
        case .float64(let tensor): tensor.elements.map(\.bitPattern)
        }
    }

    /// The elements, widened.
    var numbers: [Double] {
        switch self {
        case .float32(let tensor): tensor.elements.map(Double.init)
        case .float64(let tensor): tensor.elements
        }
    }
}
