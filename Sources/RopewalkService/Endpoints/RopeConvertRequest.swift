import FoundationEssentials
import PositionalEncoding
import TensorCoding

/// The body of `POST /rope/convert`, valid once decoded.
struct RopeConvertRequest: DecodableWithConfiguration {
    static let names = ["x", "from", "to", "axis", "heads", "rotary_dim", "rotary_start", "dtype"]

    private enum Axis: String, CaseIterable {
        /// Vectors, of queries or keys.
        case last
        /// The rows of a projection's weight, or its bias.
        case rows
    }

    let x: JSONTensor
    let conversion: LayoutConversion
    /// How many numbers are moved together.
    let width: Int

    /// `maxElements` is what `x` may hold.
    init(from decoder: any Decoder, configuration maxElements: Int) throws {
        let fields = try JSONFields(decoder)
        try fields.refuseAll(but: Self.names)
        let type = try fields.ifGiven("dtype") { try fields.choice($0, of: ScalarType.self) } ?? .float32
        let layouts = try ["from", "to"].map { name in
            guard fields.contains(name) else {
                throw Problem(
                    .missingField, at: fields.place(of: name),
                    "\(name) is missing; it names a layout, half or interleaved")
            }
            return try fields.choice(name, of: PairLayout.self)
        }
        let axis = try fields.ifGiven("axis") { try fields.choice($0, of: Axis.self) } ?? .last
        x = try JSONTensor(from: fields.decoder(of: "x"), as: type, maxElements: maxElements)
        let shape = x.tensor.shape
        let dimension: Int
        switch axis {
        case .last:
            guard !fields.contains("heads") else {
                throw Problem(
                    .contradiction, at: fields.place(of: "heads"),
                    "heads says how many vectors the rows of a weight are, and axis is \"last\"")
            }
            (dimension, width) = (shape.dimension, 1)
        case .rows:
            (dimension, width) = try Self.rows(fields, shape)
        }
        let rotary = try fields.ifGiven("rotary_dim", fields.integer)
        let start = try fields.ifGiven("rotary_start", fields.integer) ?? 0
        let turning = rotary ?? dimension
        guard turning > 0, turning.isMultiple(of: 2) else {
            throw Problem(
                .oddDimension, at: fields.place(of: rotary == nil ? "x" : "rotary_dim"),
                "\(turning) elements are to be moved; layouts are of pairs, so rotary_dim must be even and at least 2")
        }
        guard turning <= dimension else {
            throw Problem(
                .outOfRange, at: fields.place(of: "rotary_dim"),
                "rotary_dim is \(turning), and the vectors have only \(dimension) elements")
        }
        guard (0...dimension - turning).contains(start) else {
            throw Problem(
                .outOfRange, at: fields.place(of: "rotary_start"),
                "rotary_start is \(start), and \(turning) of \(dimension) elements begin at 0 to \(dimension - turning)"
            )
        }
        conversion = LayoutConversion(
            dimension: dimension, rotaryDimension: turning, start: start, from: layouts[0], to: layouts[1])
    }

    /// The length of a head's vector along the first axis, and how many numbers each of its elements is.
    private static func rows(_ fields: JSONFields, _ shape: TensorShape) throws -> (dimension: Int, width: Int) {
        guard shape.rank <= 2 else {
            throw Problem(
                .shapeMismatch, at: fields.place(of: "x"),
                "with axis \"rows\" x is a weight [heads · dim, in] or a bias [heads · dim]; this has \(shape.rank) axes"
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
                "heads is \(heads), and x has \(shape.axes[0]) rows, which are not as many vectors of one length")
        }
        return (shape.axes[0] / heads, shape.rank == 2 ? shape.axes[1] : 1)
    }
}
