import TensorCoding

/// Where in a request, or in its answer, a problem is.
enum Place: Sendable, Equatable {
    /// A value in the JSON body.
    case pointer(JSONPointer)
    /// A key of the query.
    case parameter(String)
    /// A tensor of a binary body or answer by its name, or an element of it.
    case tensor(String, element: [Int]? = nil)
    /// A header field.
    case header(String)
    /// An element of the answer, by the index of each axis.
    case element([Int])
}
