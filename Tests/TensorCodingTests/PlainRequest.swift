import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// The fields of an `ArrayRequest` as Foundation's decoder alone reads them.
struct PlainRequest<Scalar: PlainElement & TensorScalar>: Decodable {
    private let x: PlainTensor<Scalar>?
    private let mask: Mask?
    private let list: PlainTensor<Double>?

    private enum Key: CodingKey { case x, mask, list }

    private enum Mask: Decodable {
        case boolean(PlainTensor<Bool>)
        case additive(PlainTensor<Scalar>)

        init(from decoder: any Decoder) throws {
            if let mask = try? PlainTensor<Bool>(from: decoder) {
                self = .boolean(mask)
            } else {
                self = .additive(try PlainTensor<Scalar>(from: decoder))
            }
        }
    }

    private struct NoList: Error {}

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        func given<Value: Decodable>(_ key: Key) throws -> Value? {
            // null is not absence.
            object.contains(key) ? try object.decode(Value.self, forKey: key) : nil
        }
        x = try given(.x)
        mask = try given(.mask)
        list = try given(.list)
        if let list, list.form != .nested || list.axes.count > 2 { throw NoList() }
    }

    var summary: RequestSummary {
        let mask =
            switch mask {
            case .boolean(let mask): "boolean \(mask.axes) \(mask.elements.map(\.bits))"
            case .additive(let mask): "\(mask.axes) \(mask.elements.map(\.bits))"
            case nil: "none"
            }
        return RequestSummary(
            x: x.map { "\($0.form) \($0.axes) \($0.elements.map(\.bits))" } ?? "none", mask: mask,
            list: list.map { "\($0.axes) \($0.elements.map(\.bits))" } ?? "none")
    }
}

/// What was read of a request, bit for bit.
struct RequestSummary: Equatable {
    let x: String
    let mask: String
    let list: String

    init(x: String, mask: String, list: String) {
        (self.x, self.mask, self.list) = (x, mask, list)
    }

    init(_ request: ArrayRequest) {
        x = request.x.map { "\($0.form) \($0.tensor.shape.axes) \($0.tensor.bits)" } ?? "none"
        mask =
            switch request.mask?.elements {
            case .boolean(let tensor): "boolean \(tensor.shape.axes) \(tensor.elements.map(\.bits))"
            case .additive(let tensor): "\(tensor.shape.axes) \(tensor.bits)"
            case nil: "none"
            }
        list =
            request.list.map { list in
                let axes = list.axes
                return "\(axes) \(list.numbers.map(\.bitPattern))"
            } ?? "none"
    }
}
