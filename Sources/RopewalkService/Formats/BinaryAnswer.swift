import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding

/// An answer in a binary format: its tensors are computed where they leave from.
struct BinaryAnswer: ~Copyable {
    struct Tensor {
        let name: String
        let form: StoredShape
    }

    /// What stands beside the tensors.
    struct Description {
        /// What tensors were turned with, by their names.
        let ropes: [(name: String, rope: RopeDescription)]
        /// What an attention was computed with; nil of what is none.
        let attention: AttentionDescription?
        let warnings: [String]
        /// What the file of the request said of itself.
        let metadata: [String: String]

        init(
            _ rope: RopeDescription?, attention: AttentionDescription? = nil, warnings: [String],
            metadata: [String: String] = [:]
        ) {
            ropes = rope.map { [("", $0)] } ?? []
            self.attention = attention
            self.warnings = warnings
            self.metadata = metadata
        }

        init(
            _ ropes: [(name: String, rope: RopeDescription)], warnings: [String], metadata: [String: String]
        ) {
            self.ropes = ropes
            attention = nil
            self.warnings = warnings
            self.metadata = metadata
        }

        /// As JSON text, each with its name: `rope` where one holds for all, else `rope.q` for the tensor q; `attention` and
        /// `warnings`.
        func texts() throws -> [(name: String, text: String)] {
            var texts: [(name: String, text: String)] = []
            if let first = ropes.first?.rope.json.string, ropes.allSatisfy({ $0.rope.json.string == first }) {
                texts.append(("rope", first))
            } else {
                texts = ropes.map { ("rope." + $0.name, $0.rope.json.string) }
            }
            if let attention { texts.append(("attention", try JSONText(attention).string)) }
            if !warnings.isEmpty { texts.append(("warnings", try JSONText(warnings).string)) }
            return texts
        }

        /// The metadata of an answer that is a file: what was there, and `texts` in place of what they are the answer's own of.
        func metadata(with texts: [(name: String, text: String)]) -> [String: String] {
            var metadata = self.metadata
            // An answer that rotates nothing leaves the rotation as it was.
            if !metadata.isEmpty, !ropes.isEmpty {
                metadata = metadata.filter { $0.key != "rope" && !$0.key.hasPrefix("rope.") }
            }
            for (name, text) in texts { metadata[name] = text }
            return metadata
        }
    }

    private let format: TensorFormat
    private let tensors: [Tensor]
    private var buffer: AnswerBuffer
    private let headers: HTTPHeaders
    private let reservation: ByteBudget.Reservation
    private let byteCount: Int

    /// `bodyCount` are the bytes that the request holds already, `workingCount` those that computing takes besides the answer.
    ///
    /// Throws where the answer is over a limit, or not enough is free now.
    init(
        _ format: TensorFormat, _ tensors: [Tensor], description: Description, _ writer: AnswerWriter,
        _ reservation: ByteBudget.Reservation, beside bodyCount: Int, working workingCount: Int
    ) throws {
        self.format = format
        self.tensors = tensors
        self.reservation = reservation
        let texts = try description.texts()
        let layout = try Self.layout(format, tensors) { description.metadata(with: texts) }
        try writer.adjust(
            reservation, toBytes: layout.byteCount + workingCount, elements: tensors.reduce(0) { $0 + $1.form.count },
            beside: bodyCount)
        buffer = try AnswerBuffer(layout)
        byteCount = layout.byteCount
        headers = Self.headers(format, tensors, texts)
    }

    private static func layout(
        _ format: TensorFormat, _ tensors: [Tensor], metadata: () -> [String: String]
    ) throws -> TensorLayout {
        switch format {
        case .json: preconditionFailure("JSON is no binary format")
        case .raw: return TensorLayout(raw: tensors[0].form)
        case .safetensors:
            return try SafetensorsWriter.layout(tensors.map { ($0.name, $0.form) }, metadata: metadata())
        case .npy:
            guard let type = tensors[0].form.type.floating, let shape = TensorShape(tensors[0].form.axes) else {
                preconditionFailure("what is computed has a floating type and a shape")
            }
            return try NPYWriter.layout(type, shape)
        }
    }

    /// A field of the header that is longer does not reach every client; what it says is in the other formats.
    private static let longestField = 8_192

    private static func headers(
        _ format: TensorFormat, _ tensors: [Tensor], _ texts: [(name: String, text: String)]
    ) -> HTTPHeaders {
        var headers: HTTPHeaders = ["Content-Type": format.mediaType, "Vary": "Accept"]
        guard !format.holdsSeveral else { return headers }
        for (name, text) in texts {
            let text = text.ascii
            guard text.utf8.count <= longestField else { continue }
            switch name {
            case "rope": headers.add("Ropewalk-Rope", text)
            case "attention": headers.add("Ropewalk-Attention", text)
            default: headers.add("Ropewalk-Warnings", text)
            }
        }
        if format == .raw {
            headers.add("Ropewalk-Shape", tensors[0].form.axes.map(String.init).joined(separator: ","))
            headers.add("Ropewalk-Dtype", tensors[0].form.type.floating?.rawValue ?? "")
        }
        return headers
    }

    /// Does what is asked to a tensor of the request, into the place of one of the answer.
    ///
    /// Throws where an element of what is computed, or of the tensor that it is computed from, is not finite.
    mutating func run(
        _ operation: TensorOperation, on source: TensorBytes, named name: String, as index: Int, by engine: RotaryEngine
    ) throws {
        if source.form.type.floating?.scalar == .float64 {
            buffer.withDoubles(of: index) { target in
                source.withDoubles { operation.run($0, into: &target, by: engine) }
            }
        } else {
            buffer.withFloats(of: index) { target in
                source.withFloats { operation.run($0, into: &target, by: engine) }
            }
        }
        guard operation.isArithmetic, buffer.firstNonFinite(of: index) != nil else { return }
        try Problem.check(source, operation.sourceShape, name)
        try check(index)
    }

    /// The same to a tensor that was read from JSON.
    mutating func run(
        _ operation: TensorOperation, on source: AnyTensor, as index: Int, by engine: RotaryEngine
    ) throws {
        switch source {
        case .float32(let tensor):
            buffer.withFloats(of: index) { operation.run(tensor.elements.span, into: &$0, by: engine) }
        case .float64(let tensor):
            buffer.withDoubles(of: index) { operation.run(tensor.elements.span, into: &$0, by: engine) }
        }
        guard buffer.firstNonFinite(of: index) != nil else { return }
        try Problem.check(given: source, "x")
        try check(index)
    }

    /// Computes an attention into the first tensor, and puts its weights into the second where there is one.
    ///
    /// Throws where an element is not finite, and where it is cancelled.
    mutating func run(
        _ attention: Attention, by engine: RotaryEngine, helpedBy helpers: any Helpers, unless isCancelled: () -> Bool
    ) throws {
        let returnsWeights = tensors.count > 1
        let weights =
            if attention.operands.query.type == .float64 {
                try buffer.withDoubles(of: 0) { output in
                    try engine.attend(
                        attention, into: &output, returningWeights: returnsWeights, helpedBy: helpers,
                        unless: isCancelled)
                }
            } else {
                try buffer.withFloats(of: 0) { output in
                    try engine.attend(
                        attention, into: &output, returningWeights: returnsWeights, helpedBy: helpers,
                        unless: isCancelled)
                }
            }
        if let weights { buffer.put(weights, as: 1) }
        for index in tensors.indices { try check(index) }
    }

    /// Copies a tensor that is answered as it came.
    mutating func put(_ bytes: TensorBytes, as index: Int) {
        buffer.put(bytes, as: index)
    }

    /// Copies float64 numbers, which may be infinite.
    mutating func put(_ numbers: [Double], as index: Int) {
        guard let shape = TensorShape(tensors[index].form.axes) else { preconditionFailure("\(tensors[index].form)") }
        buffer.put(.float64(PositionalEncoding.Tensor(shape: shape, elements: numbers)), as: index)
    }

    /// Throws where an element of a tensor of the answer is not finite.
    private func check(_ index: Int) throws {
        guard let place = buffer.firstNonFinite(of: index) else { return }
        let form = tensors[index].form
        guard let type = form.type.floating, let shape = TensorShape(form.axes) else {
            preconditionFailure("what is computed has a floating type and a shape")
        }
        let (name, indices) = (tensors[index].name, shape.indices(at: place))
        throw Problem.overflow(
            name, indices, type, at: format.holdsSeveral ? .tensor(name.clipped, element: indices) : nil)
    }

    consuming func response() -> HTTPResponse {
        let (headers, reservation) = (headers, reservation)
        _ = reservation.resize(to: byteCount)
        return HTTPResponse(status: 200, headers: headers, body: buffer.data(), reservation: reservation)
    }

    consuming func response(_ clock: inout PhaseClock) -> HTTPResponse {
        var response = response()
        clock.end(.encode)
        response.phases = clock.phases
        return response
    }
}

extension ScalarType {
    var floatType: FloatType {
        switch self {
        case .float32: .float32
        case .float64: .float64
        }
    }
}
