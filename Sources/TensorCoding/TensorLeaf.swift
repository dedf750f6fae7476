/// What the leaves of a tensor in JSON are.
protocol TensorLeaf: Decodable, Sendable, Equatable {
    /// For a message.
    static var noun: String { get }

    /// The leaf nearest to a number; nil where numbers are none.
    init?(rounding number: Double)
}

extension Float: TensorLeaf {
    static var noun: String { "a number" }
    init?(rounding number: Double) { self.init(number) }
}

extension Double: TensorLeaf {
    static var noun: String { "a number" }
    init?(rounding number: Double) { self = number }
}

extension Bool: TensorLeaf {
    static var noun: String { "true or false" }
    init?(rounding number: Double) { nil }
}
