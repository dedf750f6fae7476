import PositionalEncoding

/// `POST /rope/shift`: keys that are turned already, moved on by some positions.
struct RopeShiftRequest: RopeRequest {
    static let ownNames = ["by"]
    static let names = allNames
    static let turns = true
    static let example = #"{"x":[[1,0]],"by":-1}"#

    private let fields: any Fields
    private let rotary: RotaryFields

    init(_ fields: any Fields, _ context: RequestContext) throws {
        self.fields = fields
        rotary = try fields.rotary(context)
        guard fields.contains("by") else {
            throw Problem(
                .missingField, at: fields.place(of: "by"),
                "by is missing; it says how many positions tensors are moved on")
        }
        if fields.contains("positions") {
            throw Problem(
                .contradiction, at: fields.place(of: "positions"),
                "positions have no meaning here: by says how far tensors are moved, wherever they stand")
        }
    }

    var warnings: [String] {
        rotary.warnings
            + (rotary.isLengthMissing
                ? ["distances choose no ladder: that of the original length is taken; seq_len names another"] : [])
    }
    var source: RopeSource? { rotary.source }

    func operation(on shape: TensorShape, at place: Place, named name: String) throws -> TensorOperation {
        let parameters = try rotary.parameters(dimension: shape.dimension, at: place) {
            "\(name) has \($0.elements) in its last axis"
        }
        let list = try fields.positions("by", rowCounts: shape.sequenceLength...shape.sequenceLength)
        let distances = try distances(list, shape, name, parameters.axes)
        if case .tables(let tables) = parameters.substitute {
            try tables.check(
                distances, rowCount: shape.sequenceLength, of: name, name: "by", in: fields, isInverse: false,
                isOneNumber: list.axes.isEmpty)
        }
        // Distances are no positions: they choose no ladder.
        return TensorOperation(action: .turn(parameters, distances, reaches: [0], .shift), shape: shape)
    }

    private func distances(
        _ list: PositionList, _ shape: TensorShape, _ name: String, _ axes: PairAxes
    ) throws -> Positions {
        if list.axes.isEmpty {
            try PositionFields.check(list.numbers[0], fields.place(of: "by"))
            return .shared(Array(repeating: list.numbers[0], count: shape.sequenceLength))
        }
        if shape.rank == 1, axes != .single, list.axes.count <= 2 {
            return try PositionFields.ofOneVector(list, "by", fields, axes, name)
        }
        return try PositionFields(
            fields: fields, name: "by", tensor: name, rowCount: shape.sequenceLength,
            listCount: shape.rank >= 3 ? shape.axes[0] : nil, axes: axes
        ).lists(list)
    }
}
