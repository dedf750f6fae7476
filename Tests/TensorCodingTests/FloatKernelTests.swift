import Foundation
import TestSupport
import Testing

@testable import TensorCoding

/// The kernels against numbers taken one at a time, between pages that nobody may touch.
@Suite struct FloatKernelTests {
    @Test(.enabled(if: getenv("ROPEWALK_SIMD") == nil))
    func `they are in force where the processor has AVX-512`() throws {
        let processor = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        #expect(FloatKernels.areInForce == (processor.contains(" avx512vl ") && processor.contains(" avx512bw ")))
    }

    @Test(.enabled(if: FloatKernels.areInForce), arguments: 1...8 as ClosedRange<UInt64>)
    func `numbers read many at once are those that libc reads, up to the first that is left`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let fence = Fence()
        for _ in 0..<2_000 {
            let spellings = (0..<Int.random(in: 0...20, using: &random)).map { _ in Self.spelling(&random) }
            let text = spellings.map { $0 + "," }.joined()
            let atEnd = Bool.random(using: &random)
            let start = fence.place(text.utf8.count, atEnd: atEnd)
            start.update(from: Array(text.utf8), count: text.utf8.count)
            let room = Int.random(in: 0...20, using: &random)
            var numbers = [Float](repeating: 7, count: 24)
            let run = FloatKernels.read(start, start + text.utf8.count, into: &numbers, room: room)
            #expect(run.count <= spellings.count)
            #expect(run.length == spellings.prefix(run.count).reduce(0) { $0 + $1.utf8.count + 1 })
            for (index, spelling) in spellings.prefix(run.count).enumerated() where index < room {
                #expect(numbers[index].bitPattern == strtof(spelling, nil).bitPattern, "\(spelling)")
            }
            #expect(numbers.dropFirst(min(run.count, room)).allSatisfy { $0 == 7 })
        }
    }

    @Test(
        .enabled(if: FloatKernels.areInForce),
        arguments: [
            "1", "-0", "0.5", "-123.25", "1234567.5", " 1", "\n\t 2", "0.000000000000000000001",
            "9007199254740993", "1.23456789012345678", "1234567890123456789",
        ])
    func `what is usual is not left`(spelling: String) {
        #expect(Self.count(spelling) == 1)
    }

    @Test(
        .enabled(if: FloatKernels.areInForce),
        arguments: [
            "", "-", ".", "-.", "1.", ".5", "01", "-01", "00", "1.5.2", "1..2", "--1", "+1", "1 ", "1e5", "1E5", "0x1",
            "1_0",
            "nan", "inf", "1\u{0}", "/", ":", "1/", "1:5", "16777217", "0.100000001490116119384765625", "true", "\"1\"",
            "[1",
            "1]", "99999999999999999999", "0.0000000000000000000001", "1.234567890123456789",
            String(repeating: "1", count: 33),
            String(repeating: "1", count: 65), String(repeating: "1", count: 97),
            "1" + String(repeating: "0", count: 96),
        ])
    func `what is no number, or needs more care, is left`(spelling: String) {
        #expect(Self.count(spelling) == 0)
        // A batch is finished where it breaks.
        #expect(Self.count("1,2,3,4,5,6,7,8,9," + spelling) == 9)
    }

    @Test(.enabled(if: FloatKernels.areInForce), arguments: 1...4 as ClosedRange<UInt64>)
    func `numbers written many at once are those written one at a time`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let fence = Fence()
        for _ in 0..<2_000 {
            let numbers = (0..<Int.random(in: 0...20, using: &random)).map { _ in Self.number(&random) }
            let room = numbers.count * (Float.longestText + 1)
            let start = fence.place(room, atEnd: true)
            let run = numbers.withUnsafeBufferPointer { FloatKernels.write($0, to: start) }
            let finite = numbers.prefix { $0.isFinite }
            // Up to the batch that holds it.
            #expect(run.count == (finite.count == numbers.count ? numbers.count : finite.count / 8 * 8))
            let expected = finite.prefix(run.count).map { number in
                let description = "\(number)"
                return (description.hasSuffix(".0") ? String(description.dropLast(2)) : description) + ","
            }
            let written = UnsafeBufferPointer(start: start, count: run.length)
            #expect(String(decoding: written, as: UTF8.self) == expected.joined())
        }
    }

    private static func count(_ spelling: String) -> Int {
        var numbers = [Float](repeating: 0, count: 16)
        let text = Array((spelling + ",").utf8)
        return text.withUnsafeBufferPointer { text in
            guard let start = text.baseAddress else { return 0 }
            return FloatKernels.read(start, start + text.count, into: &numbers, room: 16).count
        }
    }

    /// Mostly such as stand in tensors; some are none.
    private static func spelling(_ random: inout SplitMix64) -> String {
        let number = number(&random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return NumberSpelling.common(&random)
        case 1: return " \(number)"
        case 2: return "\(Double(number) / 3)"
        case 3: return "\(Int64.random(in: -20_000_000...20_000_000, using: &random))"
        case 4:
            // Next to the middle of two neighbours.
            let middle = (Double(number) + Double(number.nextUp)) / 2
            return "\(Bool.random(using: &random) ? middle : middle.nextUp)"
        default: return "\(number)"
        }
    }

    private static func number(_ random: inout SplitMix64) -> Float {
        switch Int.random(in: 0..<16, using: &random) {
        case 0: Float(bitPattern: .random(in: 0 ... .max, using: &random))
        case 1: Float(Int.random(in: -3...3, using: &random))
        case 2: Float(sign: .plus, exponent: Int.random(in: -149...127, using: &random), significand: 1)
        case 3: Float(bitPattern: .random(in: 0...0x80_0000, using: &random))
        case 4: Float(Int.random(in: 0...40_000_000, using: &random))
        default: Float.random(in: -4...4, using: &random)
        }
    }
}

/// Memory with a page before it and one after it that may not be touched.
private final class Fence {
    private let page = sysconf(Int32(_SC_PAGESIZE))
    private let start: UnsafeMutableRawPointer

    init() {
        start = mmap(nil, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        mprotect(start + page, page, PROT_READ | PROT_WRITE)
    }

    deinit {
        munmap(start, 3 * page)
    }

    /// So many bytes, up to the page after them or from the page before them on.
    func place(_ count: Int, atEnd: Bool) -> UnsafeMutablePointer<UInt8> {
        (start + (atEnd ? 2 * page - count : page)).assumingMemoryBound(to: UInt8.self)
    }
}
