import FoundationEssentials
import PositionalEncoding

/// What fast arrays hold: `Float`, `Double` and `Bool`.
protocol ArrayElement: Sendable, Equatable {
    /// Any value, for memory that is not yet read.
    static var filler: Self { get }

    /// What it is called in a message.
    static var noun: String { get }

    /// What its type is called, as in `dtype`.
    static var typeName: String { get }

    /// As an array of any type holds them.
    static func stored(_ elements: [Self]) -> JSONArray.Elements

    /// What an array holds; nil where that is of another type.
    static func held(by elements: JSONArray.Elements) -> [Self]?

    /// Elements from their bytes, little-endian, as many as there are whole ones.
    static func elements(_ bytes: Data) -> [Self]

    /// Reads the element at `cursor`, which is left after it; where there is none, `malformed`.
    static func read(
        _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into value: inout Self
    ) -> NumberReading

    /// Reads elements at `cursor`, each with a comma after it, as many as it knows a faster way for.
    static func readRun(
        _ cursor: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Self>, room: Int
    ) -> FloatKernels.Run
}

extension ArrayElement {
    @inline(__always)
    static func readRun(
        _ cursor: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Self>, room: Int
    ) -> FloatKernels.Run {
        FloatKernels.Run(count: 0, length: 0)
    }
}

extension ArrayElement where Self: DecimalScalar {
    static var filler: Self { 0 }
    static var noun: String { "a number" }

    static func elements(_ bytes: Data) -> [Self] {
        let size = MemoryLayout<Self>.size
        return unsafe bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / size).map { unsafe bytes.loadUnaligned(fromByteOffset: $0 * size, as: Self.self) }
        }
    }

    @inline(__always)
    static func read(
        _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into value: inout Self
    ) -> NumberReading {
        unsafe readNumber(&cursor, end, into: &value)
    }
}

extension Float: ArrayElement {
    static var typeName: String { type.rawValue }

    static func stored(_ elements: [Float]) -> JSONArray.Elements { .float32(elements) }

    static func held(by elements: JSONArray.Elements) -> [Float]? {
        if case .float32(let elements) = elements { elements } else { nil }
    }

    @inline(__always)
    static func readRun(
        _ cursor: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Float>,
        room: Int
    ) -> FloatKernels.Run {
        unsafe FloatKernels.read(cursor, end, into: target, room: room)
    }
}

extension Double: ArrayElement {
    static var typeName: String { type.rawValue }

    static func stored(_ elements: [Double]) -> JSONArray.Elements { .float64(elements) }

    static func held(by elements: JSONArray.Elements) -> [Double]? {
        if case .float64(let elements) = elements { elements } else { nil }
    }
}

extension Bool: ArrayElement {
    static var typeName: String { "bool" }
    static var filler: Bool { false }
    static var noun: String { "true or false" }

    static func stored(_ elements: [Bool]) -> JSONArray.Elements { .boolean(elements) }

    static func held(by elements: JSONArray.Elements) -> [Bool]? {
        if case .boolean(let elements) = elements { elements } else { nil }
    }

    static func elements(_ bytes: Data) -> [Bool] {
        bytes.map { $0 != 0 }
    }

    static func read(
        _ cursor: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into value: inout Bool
    ) -> NumberReading {
        value = unsafe cursor.pointee == UInt8(ascii: "t")
        let word: StaticString = value ? "true" : "false"
        guard unsafe end - cursor >= word.utf8CodeUnitCount else { return .malformed }
        for place in 0..<word.utf8CodeUnitCount {
            guard unsafe cursor[place] == word.utf8Start[place] else { return .malformed }
        }
        unsafe cursor += word.utf8CodeUnitCount
        return .finite
    }
}
