import Glibc
import TestSupport
import Testing

@testable import TensorCoding

/// Numbers in the middle between two neighbours, and so near to it that all digits have to be looked at.
@Suite struct NumberHardCaseTests {
    @Test func `middles of float32 go to even, and what is beside them to its side`() {
        var random = SplitMix64(seed: 5)
        for exponent in UInt64(0)..<255 {
            for fraction in [0, 0x7F_FFFF, random.next() & 0x7F_FFFF] {
                expectMiddle(Float.self, exponent << 23 | fraction, libc: { strtof($0, nil).pattern })
            }
        }
    }

    @Test(arguments: [0, 1, 2, 3]) func `middles of float64 go to even, and what is beside them to its side`(
        part: UInt64
    ) {
        var random = SplitMix64(seed: 6 + part)
        // Those of a few exponents, and of the first and last ones.
        let some = stride(from: part, to: 2047, by: 4 * stepOfExponents).map(\.self)
        for exponent in [part, 2046 - part] + some {
            for fraction in [0, 0xF_FFFF_FFFF_FFFF, random.next() & 0xF_FFFF_FFFF_FFFF] {
                expectMiddle(Double.self, exponent << 52 | fraction, libc: { strtod($0, nil).pattern })
            }
        }
    }

    @Test func `digits without end are no other number`() {
        let many = String(repeating: "3", count: 5000)
        #expect(NumberText<Double>("0.\(many)".utf8).pattern == strtod("0.\(many)", nil).pattern)
        #expect(NumberText<Double>("\(many)e-5000".utf8).pattern == strtod("0.\(many)", nil).pattern)
        // A middle whose last digit is far behind.
        let zeros = String(repeating: "0", count: 5000)
        #expect(NumberText<Double>("9007199254740993.\(zeros)".utf8).pattern == Double(9_007_199_254_740_992).pattern)
        #expect(NumberText<Double>("9007199254740993.\(zeros)1".utf8).pattern == Double(9_007_199_254_740_994).pattern)
        #expect(NumberText<Float>("16777217.\(zeros)".utf8).pattern == Float(16_777_216).pattern)
        #expect(NumberText<Float>("16777217.\(zeros)1e0".utf8).pattern == Float(16_777_218).pattern)
        #expect(NumberText<Double>("0.\(zeros)1e5001".utf8).pattern == Double(1).pattern)
        #expect(NumberText<Double>("1\(zeros)e-5000".utf8).pattern == Double(1).pattern)
        #expect(NumberText<Double>("-1e-\(zeros)1".utf8).pattern == (-0.1).pattern)
        #expect(NumberText<Double>("-0.\(zeros)e\(zeros)9".utf8).pattern == (-0.0).pattern)
    }

    @Test func `a float32 is not rounded to float64 before`() {
        // Rounded to float64 first, it is the middle between 1 and the next float32, and then goes to even.
        let text = "1.000000059604644776"
        #expect(Float(Double(text) ?? 0) == 1)
        #expect(NumberText<Float>(text.utf8).pattern == Float(1).nextUp.pattern)
        #expect(NumberText<Float>(text.utf8, padding: followers).pattern == Float(1).nextUp.pattern)
    }

    @Test func `nothing is read past the end`() throws {
        // The text ends where a page does of which the next one must not be touched.
        let size = sysconf(Int32(_SC_PAGESIZE))
        let pages = try #require(mmap(nil, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        try #require(pages != MAP_FAILED)
        defer { munmap(pages, 2 * size) }
        let end = pages + size
        try #require(mprotect(end, size, PROT_NONE) == 0)

        let texts = [
            "-123.123456789012345678901234e-12345678", "0.84147096", "1234567", "12345678", "-0.00012345678901234567",
            "1e5", "1.5e-05,-1.5e-05,123.25", String(repeating: "1", count: 60),
            "0." + String(repeating: "5", count: 60),
        ]
        for text in texts {
            for count in 1...text.utf8.count {
                let bytes = Array(text.utf8.prefix(count))
                let start = (end - count).assumingMemoryBound(to: UInt8.self)
                start.update(from: bytes, count: count)
                var cursor = UnsafePointer(start)
                var value = 1.5
                let reading = readNumber(&cursor, UnsafePointer(end.assumingMemoryBound(to: UInt8.self)), into: &value)
                let read = NumberText<Double>(
                    reading: reading, pattern: value.pattern, offset: cursor - UnsafePointer(start))
                #expect(read == NumberText(bytes))
            }
        }
    }

    // MARK: Helpers

    private var stepOfExponents: UInt64.Stride {
        #if DEBUG
            8
        #else
            1
        #endif
    }

    /// Looks at the middle between the value of a pattern and the next one.
    private func expectMiddle<Scalar: DecimalScalar>(
        _ type: Scalar.Type, _ pattern: UInt64, libc: (String) -> UInt64
    ) {
        let next = pattern + 1
        let exponent = Int(pattern >> UInt64(type.significandBitCount))
        let fraction = pattern & (1 << UInt64(type.significandBitCount) - 1)
        let significand = exponent == 0 ? fraction : fraction | 1 << UInt64(type.significandBitCount)
        let binary = max(exponent, 1) - type.exponentBias - type.significandBitCount
        let middle = ExactDecimal(2 * significand + 1, binary: binary - 1)

        var cases = [(middle.text, pattern + pattern & 1), (middle.textAbove, next), (middle.textBelow, pattern)]
        for count in [17, 19, 20, 30] {
            guard let (down, up) = middle.texts(ofFirst: count) else { continue }
            cases += [(down, pattern), (up, next)]
        }
        for (text, nearest) in cases {
            let isFinite = nearest < type.infinity.pattern
            let expected = NumberText<Scalar>(
                reading: isFinite ? .finite : .overflow, pattern: isFinite ? nearest : Scalar(1.5).pattern,
                offset: text.utf8.count)
            #expect(libc(text) == nearest, "\(text)")
            #expect(NumberText<Scalar>(text.utf8) == expected, "\(text)")
            #expect(NumberText<Scalar>(text.utf8, padding: followers) == expected, "\(text)")
        }
    }
}
