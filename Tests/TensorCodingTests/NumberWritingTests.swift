import TestSupport
import Testing

@testable import TensorCoding

@Suite struct NumberWritingTests {
    @Test(
        arguments: [
            (0.5403023, "0.5403023"), (1, "1"), (-0.0, "-0"), (0, "0"), (16_777_216, "16777216"),
            (16_777_218, "1.6777218e+07"),
            (1e16, "1e+16"), (3.4028235e38, "3.4028235e+38"), (.leastNonzeroMagnitude, "1e-45"), (0.0001, "0.0001"),
            (0.00009, "9e-05"),
            (-0.000123456789, "-0.00012345679"), (1.1754944e-38, "1.1754944e-38"), (100, "100"), (1234.5, "1234.5"),
            (16_777_215, "16777215"), (8388607.5, "8388607.5"), (0.1, "0.1"), (-7.3e-5, "-7.3e-05"),
            (7 * .leastNonzeroMagnitude, "1e-44"),
        ] as [(Float, String)])
    func `a float32 is written as its description says`(value: Float, text: String) throws {
        #expect(String(decoding: try #require(value.written), as: UTF8.self) == text)
        #expect(Array(text.utf8) == value.expectedText)
    }

    @Test(
        arguments: [
            (.leastNonzeroMagnitude, "5e-324"), (-2.2250738585072014e-308, "-2.2250738585072014e-308"), (1e22, "1e+22"),
            (1e23, "1e+23"),
            (9_007_199_254_740_992, "9007199254740992"), (9_007_199_254_740_994, "9.007199254740994e+15"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (0.1, "0.1"), (123456.789, "123456.789"),
            (0.00012345678901234567, "0.00012345678901234567"), (2251799813685249.5, "2251799813685249.5"),
            (9.5367431640625e-7, "9.5367431640625e-07"), (2.98023223876953125e-8, "2.9802322387695312e-08"),
            (1e100, "1e+100"),
        ] as [(Double, String)])
    func `a float64 is written as its description says`(value: Double, text: String) throws {
        #expect(String(decoding: try #require(value.written), as: UTF8.self) == text)
        #expect(Array(text.utf8) == value.expectedText)
    }

    @Test func `a random pattern is written as its description says, and reads back`() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<randomCount {
            try expectRoundTrip(Float(pattern: random.next() & 0xFFFF_FFFF))
            try expectRoundTrip(Double(pattern: random.next()))
        }
    }

    @Test func `a usual value is written as its description says, and reads back`() throws {
        var random = SplitMix64(seed: 4)
        for _ in 0..<randomCount {
            let value = Double.random(in: -4..<4, using: &random)
            try expectRoundTrip(Float(value))
            try expectRoundTrip(value)
            // Of few digits, as people write them.
            try expectRoundTrip((Float(value) * 1000).rounded() / 100)
        }
    }

    @Test func `powers of two and their neighbours are written as their descriptions say, and read back`() throws {
        for exponent in UInt64(0)..<255 {
            for fraction in [0, 1, 0x7F_FFFF] as [UInt64] {
                try expectRoundTrip(Float(pattern: exponent << 23 | fraction))
            }
        }
        for exponent in UInt64(0)..<2047 {
            for fraction in [0, 1, 0xF_FFFF_FFFF_FFFF] as [UInt64] {
                try expectRoundTrip(Double(pattern: exponent << 52 | fraction))
            }
        }
    }

    @Test func `the longest texts have the length that is announced`() {
        // Nine digits and no less, which only some values need.
        #expect((-1.00000075e-36 as Float).written?.count == Float.longestText)
        #expect((-2.2250738585072014e-308).written?.count == Double.longestText)
    }

    // MARK: Helpers

    /// A debug build takes some fifty times as long.
    private var randomCount: Int {
        #if DEBUG
            10_000
        #else
            1_000_000
        #endif
    }

    private func expectRoundTrip<Scalar: DecimalScalar>(_ value: Scalar) throws {
        guard value.isFinite else { return }
        let text = try #require(value.written)
        guard text == value.expectedText else {
            Issue.record("\(value) is written as \(String(decoding: text, as: UTF8.self))")
            return
        }
        for padding in ["", followers] {
            let expected = NumberText<Scalar>(reading: .finite, pattern: value.pattern, offset: text.count)
            if NumberText(text, padding: padding) != expected { Issue.record("\(value) does not read back") }
        }
    }
}
