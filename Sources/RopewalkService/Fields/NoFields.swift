import TensorCoding

/// A request in which nothing is given.
struct NoFields: Fields {
    var names: [String] { [] }

    func contains(_ name: String) -> Bool { false }
    func place(of name: String) -> Place { .pointer(JSONPointer([name])) }
    func place(of name: String, indices: [Int]) -> Place { place(of: name) }
    func number(_ name: String) throws -> Double { throw missing(name) }
    func boolean(_ name: String) throws -> Bool { throw missing(name) }
    func string(_ name: String) throws -> String { throw missing(name) }
    func numbers(_ name: String) throws -> [Double] { throw missing(name) }
    func positions(_ name: String, rowCounts: ClosedRange<Int>) throws -> PositionList { throw missing(name) }
    func rotary(_ context: RequestContext) throws -> RotaryFields { throw missing("x") }

    private func missing(_ name: String) -> Problem {
        Problem(.missingField, at: place(of: name), "\(name) is missing")
    }
}
