/// Bytes that are not the tensors they are said to be, or tensors that cannot be used: why.
package struct TensorFormatError: Error, Equatable {
    package enum Kind: Sendable {
        /// Not of the format.
        case malformed
        /// Of a version, or with elements of a type, that is not read.
        case unsupported
        /// More or fewer bytes than the shape takes, or bytes that belong to no tensor or to two.
        case sizeMismatch
        /// A header that is longer than any request needs.
        case headerTooLong
        case duplicateName
        /// A shape that is none, or with which nothing can be computed.
        case badShape
        /// A tensor without elements.
        case empty
    }

    package let kind: Kind
    /// Of which tensor, where the format names them; cut short where it is long.
    package let tensor: String?
    /// A sentence that stands alone, or after the name.
    package let reason: String

    package init(_ kind: Kind, in tensor: String? = nil, _ reason: String) {
        self.kind = kind
        self.tensor = tensor?.clipped
        self.reason = reason
    }

    /// A sentence that names the tensor.
    package var detail: String {
        tensor.map { "tensor \"\($0)\": \(reason)" } ?? reason
    }

    /// The same of a tensor that the format, or a request, names.
    package func naming(_ tensor: String) -> TensorFormatError {
        TensorFormatError(kind, in: tensor, reason)
    }
}
