import FoundationEssentials
import PositionalEncoding

/// A tensor's elements as a string of base64: little-endian, row-major.
struct Base64Text: LongText {
    private let tensor: AnyTensor

    init(_ tensor: AnyTensor) {
        self.tensor = tensor
    }

    var maxBytes: Int { (tensor.shape.count * tensor.type.size + 2) / 3 * 4 + 2 }

    func write(to target: UnsafeMutablePointer<UInt8>) -> Int {
        let bytes =
            switch tensor {
            case .float32(let tensor): unsafe tensor.elements.withUnsafeBytes { unsafe Data($0) }
            case .float64(let tensor): unsafe tensor.elements.withUnsafeBytes { unsafe Data($0) }
            }
        let text = bytes.base64EncodedData()
        unsafe target[0] = UInt8(ascii: "\"")
        unsafe text.copyBytes(to: target + 1, count: text.count)
        unsafe target[text.count + 1] = UInt8(ascii: "\"")
        return text.count + 2
    }
}
