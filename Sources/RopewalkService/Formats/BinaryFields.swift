import PositionalEncoding
import TensorCoding

/// The fields of a request whose body is binary: the keys of its query, and positions that are tensors of the body.
struct BinaryFields: Fields {
    /// Tensors of these names are positions.
    static let positionNames = ["positions", "query_positions", "key_positions"]

    private let query: QueryFields
    private let positions: [String: TensorBytes]

    /// Throws where positions are in both.
    init(_ query: QueryFields, positions: [String: TensorBytes] = [:]) throws {
        self.query = query
        self.positions = positions
        if let name = positions.keys.sorted().first(where: query.contains) {
            throw Problem(
                .contradiction, at: query.place(of: name),
                "\(name) is a tensor of the body and a key of the query; give one")
        }
    }

    var names: [String] { query.names + positions.keys }

    func contains(_ name: String) -> Bool { positions[name] != nil || query.contains(name) }

    func place(of name: String) -> Place { positions[name] == nil ? query.place(of: name) : .tensor(name) }

    func place(of name: String, indices: [Int]) -> Place {
        guard let tensor = positions[name] else { return query.place(of: name) }
        // Fewer are those of a list.
        return .tensor(name, element: indices.isEmpty || indices.count < tensor.form.axes.count ? nil : indices)
    }

    func number(_ name: String) throws -> Double { try query.number(name) }
    func boolean(_ name: String) throws -> Bool { try query.boolean(name) }
    func string(_ name: String) throws -> String { try query.string(name) }
    func numbers(_ name: String) throws -> [Double] { try query.numbers(name) }

    func positions(_ name: String, rowCounts: ClosedRange<Int>) throws -> PositionList {
        guard let tensor = positions[name] else { return try query.positions(name, rowCounts: rowCounts) }
        do throws(TensorFormatError) {
            let numbers = try tensor.positions()
            guard !numbers.isEmpty else { throw TensorFormatError(.empty, "there are no positions") }
            let isOne = numbers.count == 1 && tensor.form.axes.count <= 1
            return PositionList(numbers: numbers, axes: isOne ? [] : tensor.form.axes, isEitherWay: isOne)
        } catch {
            throw TensorFormatError(error.kind, in: name, error.reason)
        }
    }

    func rotary(_ context: RequestContext) throws -> RotaryFields { try query.rotary(context) }
}
