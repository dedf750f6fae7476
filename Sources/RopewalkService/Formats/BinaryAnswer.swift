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
        let rope: RopeDescription?
        let warnings: [String]

        /// As JSON text, by name.
        func texts() throws -> [String: String] {
            var texts: [String: String] = [:]
            if let rope { texts["rope"] = rope.json.string }
            if !warnings.isEmpty { texts["warnings"] = try JSONText(warnings).string }
            return texts
        }
    }

    private let format: TensorFormat
    private let tensors: [Tensor]
    private var buffer: AnswerBuffer
    private let headers: HTTPHeaders
    private let reservation: ByteBudget.Reservation

    /// `bodyCount` are the bytes that the request holds already.
    ///
    /// Throws where the answer is over a limit, or not enough is free now.
    init(
        _ format: TensorFormat, _ tensors: [Tensor], description: Description, _ writer: AnswerWriter,
        _ reservation: ByteBudget.Reservation, beside bodyCount: Int
    ) throws {
        self.format = format
        self.tensors = tensors
        self.reservation = reservation
        let texts = try description.texts()
        let layout = try Self.layout(format, tensors, texts)
        try writer.adjust(
            reservation, toBytes: layout.byteCount, elements: tensors.reduce(0) { $0 + $1.form.count },
            beside: bodyCount)
        buffer = try AnswerBuffer(layout)
        headers = Self.headers(format, tensors, texts)
    }

    private static func layout(
        _ format: TensorFormat, _ tensors: [Tensor], _ texts: [String: String]
    ) throws -> TensorLayout {
        switch format {
        case .json: preconditionFailure("JSON is no binary format")
        case .raw: return TensorLayout(raw: tensors[0].form)
        case .safetensors:
            return try SafetensorsWriter.layout(tensors.map { ($0.name, $0.form) }, metadata: texts)
        case .npy:
            guard let type = tensors[0].form.type.floating, let shape = TensorShape(tensors[0].form.axes) else {
                preconditionFailure("what is computed is of floating type, and has a shape")
            }
            return try NPYWriter.layout(type, shape)
        }
    }

    /// A field of the header that is longer does not reach every client; what it says is in the other formats.
    private static let longestField = 8_192

    private static func headers(_ format: TensorFormat, _ tensors: [Tensor], _ texts: [String: String]) -> HTTPHeaders {
        var headers: HTTPHeaders = ["Content-Type": format.mediaType, "Vary": "Accept"]
        guard !format.holdsSeveral else { return headers }
        for (name, field) in [("rope", "Ropewalk-Rope"), ("warnings", "Ropewalk-Warnings")] {
            guard let text = texts[name]?.ascii, text.utf8.count <= longestField else { continue }
            headers.add(field, text)
        }
        if format == .raw {
            headers.add("Ropewalk-Shape", tensors[0].form.axes.map(String.init).joined(separator: ","))
            headers.add("Ropewalk-Dtype", tensors[0].form.type.floating?.rawValue ?? "")
        }
        return headers
    }

    /// Does what is asked to a tensor of the request, into the place of one of the answer.
    ///
    /// Throws where an element of the result, or of the tensor, is not finite.
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
        guard let place = buffer.firstNonFinite(of: index) else { return }
        if let given = source.firstNonFinite {
            throw Problem(
                .notFinite, at: .tensor(name),
                "\(name)\(operation.shape.indices(at: given)) is infinite or no number")
        }
        throw overflow(operation.shape.indices(at: place), index)
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
        guard let place = buffer.firstNonFinite(of: index) else { return }
        throw overflow(operation.shape.indices(at: place), index)
    }

    /// Copies a tensor that was computed elsewhere. Throws where an element is not finite.
    mutating func put(_ elements: AnyTensor, as index: Int) throws {
        buffer.put(elements, as: index)
        guard let place = buffer.firstNonFinite(of: index) else { return }
        throw overflow(elements.shape.indices(at: place), index)
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

    private func overflow(_ indices: [Int], _ index: Int) -> Problem {
        let type = tensors[index].form.type.floating?.rawValue ?? ""
        return Problem(
            .resultOverflow, at: .element(indices),
            "\(tensors[index].name)\(indices) is not finite in \(type), or a number on the way to it; a wider type may hold it"
        )
    }

    /// The bytes alone.
    consuming func takeData() -> Data {
        buffer.data()
    }

    consuming func response() -> HTTPResponse {
        let (headers, reservation) = (headers, reservation)
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

extension String {
    private var isASCII: Bool {
        let bytes = utf8.span
        var all: UInt8 = 0
        for index in bytes.indices { all |= bytes[index] }
        return all < 0x80
    }

    /// JSON text without the characters that a header field cannot hold.
    fileprivate var ascii: String {
        guard !isASCII else { return self }
        return utf16.reduce(into: "") { text, unit in
            if unit < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}
