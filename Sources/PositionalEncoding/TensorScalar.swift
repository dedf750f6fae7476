/// What a tensor holds: `Float` or `Double`.
package protocol TensorScalar: BinaryFloatingPoint, Sendable {
    associatedtype Pattern: FixedWidthInteger & UnsignedInteger

    /// The bits of the value, as IEEE 754 has them.
    var bitPattern: Pattern { get }

    static var type: ScalarType { get }
}

/// The type of a tensor's elements, by the names that PyTorch and numpy use.
package enum ScalarType: String, Sendable, CaseIterable {
    case float32
    case float64

    /// Bytes of one element.
    package var size: Int {
        switch self {
        case .float32: 4
        case .float64: 8
        }
    }
}

extension Float: TensorScalar {
    package static var type: ScalarType { .float32 }
}

extension Double: TensorScalar {
    package static var type: ScalarType { .float64 }
}
