import FoundationEssentials
import PositionalEncoding
import TestSupport
import Testing

@testable import TensorCoding

/// Elements as they came: what they are as numbers, and where.
@Suite struct TensorBytesTests {
    private static func tensor(_ type: StoredType, _ axes: [Int], _ bytes: [UInt8]) throws -> TensorBytes {
        try TensorBytes(StoredShape(type, axes), Data(bytes))
    }

    @Test func `aligned float32 and float64 are lent where they are, others as a copy`() throws {
        let shape = try #require(TensorShape([3]))
        for (offset, isAligned) in [(0, true), (4, true), (8, true), (1, false), (2, false), (7, false)] {
            let numbers: [Float] = [1, -2, .infinity]
            let bytes = numbers.withUnsafeBytes { Data($0) }.moved(by: 64 + offset)
            let tensor = try TensorBytes(StoredShape(.float32, shape), bytes)
            let place = bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
            tensor.withFloats { elements in
                #expect(elements.indices.map { elements[$0] } == numbers)
                #expect((elements.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } == place) == isAligned)
            }
        }
        for (offset, isAligned) in [(0, true), (8, true), (4, false), (1, false)] {
            let numbers: [Double] = [1, -2, .infinity]
            let bytes = numbers.withUnsafeBytes { Data($0) }.moved(by: 64 + offset)
            let tensor = try TensorBytes(StoredShape(.float64, shape), bytes)
            let place = bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
            tensor.withDoubles { elements in
                #expect(elements.indices.map { elements[$0] } == numbers)
                #expect((elements.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } == place) == isAligned)
            }
        }
    }

    @Test func `halves are computed on as float32`() throws {
        let half = try Self.tensor(.float16, [2, 2], [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0x00, 0x7C])
        #expect(try half.tensor() == .float32(.init([2, 2], [1, -2, 0x1p-24, .infinity])))
        let brain = try Self.tensor(.bfloat16, [2], [0x80, 0x3F, 0x00, 0xC0])
        #expect(try brain.tensor() == .float32(.init([2], [1, -2])))
        #expect(brain.withFloats { $0[0] + $0[1] } == -1)
    }

    @Test func `the bytes must be as many as the shape takes`() throws {
        for count in [0, 23, 25, 48] {
            let error = try #require(
                formatError { _ = try Self.tensor(.float32, [2, 3], Array(repeating: 0, count: count)) })
            #expect(error.kind == .sizeMismatch)
            #expect(error.detail == "there are \(count) bytes, and F32 [2, 3] takes 24")
        }
        #expect(formatError { _ = try StoredShape(.uint8, [-1]) }?.kind == .badShape)
        #expect(formatError { _ = try StoredShape(.uint8, [0, -1]) }?.kind == .badShape)
        #expect(try StoredShape(.float4, [2, 3]).byteCount == 3 && StoredShape(.float6E2M3, [4]).byteCount == 3)
    }

    @Test func `a shape that nothing can be computed with is refused, and says why`() throws {
        for (axes, part) in [
            ([], "single number"), ([0], "no elements"), ([2, 0], "no elements"),
            ([1, 1, 1, 1, 1, 1, 1, 1, 1], "at most 8 axes; this has 9"),
        ] {
            let tensor = try Self.tensor(.uint8, axes, Array(repeating: 0, count: axes.reduce(1, *)))
            for error in [formatError { _ = try tensor.shape() }, formatError { _ = try tensor.tensor() }] {
                #expect(
                    error?.kind == (axes.contains(0) ? .empty : .badShape) && error?.detail.contains(part) == true,
                    "\(axes)")
            }
        }
    }

    @Test func `elements that are not floating are not computed on`() throws {
        for type in StoredType.allCases where type.floating == nil {
            let tensor = try Self.tensor(type, [8], Array(repeating: 0, count: type.bits))
            let error = try #require(formatError { _ = try tensor.tensor() })
            #expect(error.kind == .unsupported && error.detail.contains(type.rawValue) && tensor.firstNonFinite == nil)
        }
    }

    @Test func `positions are of any type of integers or floating numbers`() throws {
        let numbers: [Int64] = [0, -1, 1 << 53, -(1 << 53), .min]
        let bytes = numbers.withUnsafeBytes { Array($0) }
        #expect(try Self.tensor(.int64, [5], bytes).positions() == numbers.map(Double.init))
        #expect(try Self.tensor(.float64, [1], [0, 0, 0, 0, 0, 0, 0xF8, 0xBF]).positions() == [-1.5])
        #expect(try Self.tensor(.int64, [0], []).positions() == [])
        for number: Int64 in [(1 << 53) + 1, .max] {
            let numbers: [Int64] = [0, number]
            let bytes = numbers.withUnsafeBytes { Array($0) }
            let error = try #require(formatError { _ = try Self.tensor(.int64, [2], bytes).positions() })
            #expect(error.detail.contains("\(number), number 1"))
        }
        let positions: [(StoredType, [UInt8], [Double])] = [
            (.uint8, [0, 255], [0, 255]), (.int8, [0x80, 0x7F], [-128, 127]),
            (.uint16, [0xFF, 0xFF, 1, 0], [65_535, 1]),
            (.int16, [0, 0x80, 0xFF, 0xFF], [-32_768, -1]), (.uint32, [0xFF, 0xFF, 0xFF, 0xFF], [4_294_967_295]),
            (.int32, [0, 0, 0, 0x80, 7, 0, 0, 0], [-2_147_483_648, 7]),
            (.uint64, [0, 0, 0, 0, 0, 0, 0, 0x80], [0x1p63]),
            (.float16, [0, 0x3E, 0, 0xC0], [1.5, -2]), (.bfloat16, [0x80, 0x3F, 0, 0xC0], [1, -2]),
            (.float32, [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0], [1, -2]),
        ]
        for (type, bytes, numbers) in positions {
            #expect(try Self.tensor(type, [numbers.count], bytes).positions() == numbers, "\(type)")
            let moved = try TensorBytes(StoredShape(type, [numbers.count]), Data(bytes).moved(by: 1))
            #expect(try moved.positions() == numbers, "\(type)")
        }
        let error = formatError { _ = try Self.tensor(.uint64, [1], [1, 0, 0, 0, 0, 0, 0x20, 0]).positions() }
        #expect(error?.detail.contains("9007199254740993, number 0") == true)
    }

    @Test(arguments: StoredType.allCases) func `positions of other types are refused by the type's name`(
        type: StoredType
    ) throws {
        let isRead = type.floating != nil || type.rawValue.hasPrefix("I") || type.rawValue.hasPrefix("U")
        let error = formatError { _ = try Self.tensor(type, [8], Array(repeating: 0, count: type.bits)).positions() }
        #expect(isRead == (error == nil))
        #expect(isRead || (error?.kind == .unsupported && error?.detail.contains(type.rawValue) == true))
    }

    @Test func `a mask is of booleans or of numbers`() throws {
        let mask = try Self.tensor(.bool, [1, 3], [0, 1, 255]).mask()
        #expect(mask == .boolean(Tensor(shape: try #require(TensorShape([1, 3])), elements: [false, true, true])))
        let numbers = try Self.tensor(.float16, [2], [0x00, 0xFC, 0x00, 0x00]).mask()
        #expect(numbers == .additive(.float32(.init([2], [-.infinity, 0]))))
        #expect(formatError { _ = try Self.tensor(.uint8, [1], [1]).mask() }?.kind == .unsupported)
        #expect(formatError { _ = try Self.tensor(.bool, [0], []).mask() }?.kind == .empty)
    }

    @Test func `the first element that is not finite is found in every type`() throws {
        let ends: [(StoredType, [UInt8], [UInt8])] = [
            (.float16, [0xFF, 0x7B], [0x00, 0x7C]), (.bfloat16, [0x7F, 0x7F], [0x80, 0xFF]),
            (.float32, [0xFF, 0xFF, 0x7F, 0x7F], [0, 0, 0x80, 0xFF]),
            (.float64, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xEF, 0x7F], [1, 0, 0, 0, 0, 0, 0xF0, 0x7F]),
        ]
        for (type, largest, none) in ends {
            #expect(try Self.tensor(type, [2], largest + largest).firstNonFinite == nil)
            #expect(try Self.tensor(type, [3], largest + none + none).firstNonFinite == 1)
            #expect(try Self.tensor(type, [0], []).firstNonFinite == nil)
            // Around the ends of the blocks that are looked through at once, and in bytes that are not aligned.
            for index in [0, 1_023, 1_024, 2_047, 2_048, 2_099] {
                let bytes = (0..<2_100).flatMap { $0 < index ? largest : none }
                let form = try StoredShape(type, [2_100])
                #expect(try TensorBytes(form, Data(bytes).moved(by: 65)).firstNonFinite == index)
            }
        }
    }
}

extension Tensor {
    fileprivate init(_ axes: [Int], _ elements: [Element]) {
        guard let shape = TensorShape(axes) else { preconditionFailure("\(axes) is a shape") }
        self.init(shape: shape, elements: elements)
    }
}
