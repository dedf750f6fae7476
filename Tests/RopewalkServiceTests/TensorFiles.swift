import FoundationEssentials
import MicroHTTP
import PositionalEncoding
import TensorCoding
import TestSupport
import Testing

@testable import RopewalkService

/// A tensor that a test puts into a file.
struct FileTensor {
    let name: String
    let type: StoredType
    let shape: [Int]
    let bytes: Data

    init(_ name: String, _ type: StoredType, _ shape: [Int], _ bytes: Data) {
        (self.name, self.type, self.shape, self.bytes) = (name, type, shape, bytes)
    }

    /// Numbers between −2 and 2 that the type holds.
    static func random(_ name: String, _ type: FloatType, _ shape: [Int], _ random: inout SplitMix64) -> FileTensor {
        let numbers = (0..<shape.reduce(1, *)).map { _ in Double.random(in: -2...2, using: &random) }
        let bytes =
            switch type {
            case .float16: numbers.map { Float16($0).bitPattern }.littleEndianBytes
            case .bfloat16: numbers.map { nearestBFloat16(Float($0)) }.littleEndianBytes
            case .float32: numbers.map { Float($0) }.littleEndianBytes
            case .float64: numbers.littleEndianBytes
            }
        return FileTensor(name, type.stored, shape, bytes)
    }

    /// The elements of a half in float32, and others as they are.
    var widened: FileTensor {
        let wide =
            switch type {
            case .float16: bytes.elements(UInt16.self).map { Float(Float16(bitPattern: $0)) }.littleEndianBytes
            case .bfloat16:
                bytes.elements(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }.littleEndianBytes
            default: bytes
            }
        return FileTensor(name, type == .float64 ? .float64 : .float32, shape, wide)
    }

    /// In JSON, with all bits.
    var json: String {
        #"{"shape":[\#(shape.map(String.init).joined(separator: ","))],"base64":"\#(widened.bytes.base64EncodedString())"}"#
    }

    var dtype: String { type == .float64 ? "float64" : "float32" }
}

/// Float32 to the nearest bfloat16, of two the even one: of the two that it lies between, by their distance.
func nearestBFloat16(_ number: Float) -> UInt16 {
    let below = UInt16(truncatingIfNeeded: number.bitPattern >> 16)
    func distance(_ half: UInt16) -> Double { abs(Double(Float(bitPattern: UInt32(half) << 16)) - Double(number)) }
    let (down, up) = (distance(below), distance(below + 1))
    return down < up || (down == up && below.isMultiple(of: 2)) ? below : below + 1
}

/// Bytes of float32 rounded to a type, each number once.
func rounded(_ bytes: Data, to type: StoredType) -> Data {
    switch type {
    case .float16: bytes.elements(Float.self).map { Float16($0).bitPattern }.littleEndianBytes
    case .bfloat16: bytes.elements(Float.self).map(nearestBFloat16).littleEndianBytes
    default: bytes
    }
}

extension Array where Element: BitwiseCopyable {
    var littleEndianBytes: Data { withUnsafeBytes { Data($0) } }
}

extension Data {
    func elements<Element: BitwiseCopyable>(_ type: Element.Type) -> [Element] {
        withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: MemoryLayout<Element>.size).map {
                raw.loadUnaligned(fromByteOffset: $0, as: type)
            }
        }
    }
}

/// A .npy of version 1, without the blanks that numpy pads it with.
func npy(_ descr: String, _ shape: [Int], _ bytes: Data, fortran: Bool = false) -> Data {
    let axes = shape.map { "\($0)," }.joined()
    let header = "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(axes)), }\n"
    return Data([0x93] + "NUMPY".utf8 + [1, 0, UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)])
        + Data(header.utf8) + bytes
}

/// A safetensors file of a header and what follows it.
func safetensors(header: String, _ payload: Data = Data()) -> Data {
    [UInt64(header.utf8.count)].littleEndianBytes + Data(header.utf8) + payload
}

func safetensors(_ tensors: [FileTensor]) -> Data {
    var (entries, payload) = ([String](), Data())
    for tensor in tensors {
        let end = payload.count + tensor.bytes.count
        entries.append(
            #""\#(tensor.name)":{"dtype":"\#(tensor.type.rawValue)","shape":\#(tensor.shape),"data_offsets":[\#(payload.count),\#(end)]}"#
        )
        payload += tensor.bytes
    }
    return safetensors(header: "{\(entries.joined(separator: ","))}", payload)
}

/// A request of tensors in process, of which the answer is wanted.
struct TensorExchange {
    static let npy = "application/x-npy"
    static let safetensors = "application/vnd.safetensors"
    static let raw = "application/octet-stream"
    static let json = "application/json"

    let response: HTTPResponse

    init(
        _ target: String, _ body: Data, _ type: String, accept: String? = nil,
        by service: Service = Service(Service.Configuration(), logger: .silent)
    ) {
        response = answering("POST", target, body: body, type: type, accept: accept, by: service)
    }

    init(_ target: String, json: String, accept: String? = nil) {
        self.init(target, Data(json.utf8), Self.json, accept: accept)
    }

    var type: String? { response.headers["Content-Type"] }

    /// What a refusal says first; of an answer, its status.
    var summary: String {
        guard type == "application/problem+json" else { return "\(response.status)" }
        return (try? ProblemDocument(response.body).summary) ?? "no problem document"
    }

    var file: SafetensorsFile {
        get throws { try SafetensorsFile(response.body) }
    }

    /// A tensor of an answer in JSON that is in base64.
    func jsonBytes(_ name: String) throws -> Data {
        try #require(try JSON(response.body)[name]["base64"].string.flatMap { Data(base64Encoded: $0) })
    }

    /// What the answer has beside its tensors.
    func text(_ name: String) throws -> String? {
        type == Self.safetensors
            ? try file.metadata[name] : response.headers["Ropewalk-\(name.prefix(1).uppercased())\(name.dropFirst())"]
    }
}
