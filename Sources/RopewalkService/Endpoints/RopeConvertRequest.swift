import PositionalEncoding

/// `POST /rope/convert`: the elements of pairs moved to where another layout has them.
struct RopeConvertRequest: RopeRequest {
    static let ownNames = ["from", "to", "axis", "heads", "rotary_dim", "rotary_start"]
    static let names = allNames
    static let turns = false
    static let example = #"{"x":[[1,2,3,4]],"from":"interleaved","to":"half"}"#

    private enum Axis: String, CaseIterable {
        /// Vectors, of queries or keys.
        case last
        /// The rows of a projection's weight, or its bias.
        case rows
    }

    private let fields: any Fields
    private let layouts: (from: PairLayout, to: PairLayout)
    private let axis: Axis
    private let rotary: Int?
    private let start: Int

    let warnings: [String] = []
    let source: RopeSource? = nil

    init(_ fields: any Fields, _ context: RequestContext) throws {
        func layout(_ name: String) throws -> PairLayout {
            guard fields.contains(name) else {
                throw Problem(
                    .missingField, at: fields.place(of: name),
                    "\(name) is missing; it names a layout, half or interleaved")
            }
            return try fields.layout(name)
        }
        self.fields = fields
        layouts = (try layout("from"), try layout("to"))
        axis = try fields.ifGiven("axis") { try fields.choice($0, of: Axis.self) } ?? .last
        rotary = try fields.ifGiven("rotary_dim", fields.integer)
        start = try fields.ifGiven("rotary_start", fields.integer) ?? 0
    }

    func operation(on shape: TensorShape, at place: Place, named name: String) throws -> TensorOperation {
        let (dimension, width) = try vectors(shape, place, name)
        let turning = rotary ?? dimension
        guard turning > 0, turning.isMultiple(of: 2) else {
            throw Problem(
                .oddDimension, at: rotary == nil ? place : fields.place(of: "rotary_dim"),
                "\(turning.elements) of \(name) would move; layouts are of pairs, so rotary_dim must be even and at least 2"
            )
        }
        guard turning <= dimension else {
            throw Problem(
                .outOfRange, at: fields.place(of: "rotary_dim"),
                "rotary_dim is \(turning), and the vectors of \(name) have only \(dimension.elements)")
        }
        guard (0...dimension - turning).contains(start) else {
            throw Problem(
                .outOfRange, at: fields.place(of: "rotary_start"),
                "rotary_start is \(start), and \(turning) of \(dimension.elements) begin at 0 to \(dimension - turning)"
            )
        }
        let conversion = LayoutConversion(
            dimension: dimension, rotaryDimension: turning, start: start, from: layouts.from, to: layouts.to)
        return TensorOperation(action: .convert(conversion, width: width), shape: shape)
    }

    /// The length of a vector, and how many numbers each of its elements is.
    private func vectors(_ shape: TensorShape, _ place: Place, _ name: String) throws -> (dimension: Int, width: Int) {
        switch axis {
        case .last:
            guard !fields.contains("heads") else {
                throw Problem(
                    .contradiction, at: fields.place(of: "heads"),
                    "heads says how many vectors the rows of a weight are, and axis is \"last\"")
            }
            return (shape.dimension, 1)
        case .rows:
            return try rows(shape, place, name)
        }
    }

    /// The length of a head's vector along the first axis, and how many numbers each of its elements is.
    private func rows(_ shape: TensorShape, _ place: Place, _ name: String) throws -> (dimension: Int, width: Int) {
        guard shape.rank <= 2 else {
            throw Problem(
                .shapeMismatch, at: place,
                "with axis \"rows\" \(name) is a weight [heads · dim, in] or a bias [heads · dim]; this has \(shape.rank.axes)"
            )
        }
        let heads = try fields.ifGiven("heads", fields.integer)
        guard let heads else {
            throw Problem(
                .missingField, at: fields.place(of: "heads"),
                "heads is missing; with axis \"rows\" it says how many vectors the rows are")
        }
        guard heads > 0, shape.axes[0].isMultiple(of: heads) else {
            throw Problem(
                .shapeMismatch, at: fields.place(of: "heads"),
                "heads is \(heads), and \(name) has \(shape.axes[0].rows), which are not as many vectors of one length")
        }
        return (shape.axes[0] / heads, shape.rank == 2 ? shape.axes[1] : 1)
    }
}
