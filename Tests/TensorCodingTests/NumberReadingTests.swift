import Glibc
import TestSupport
import Testing

@testable import TensorCoding

@Suite struct NumberReadingTests {
    // MARK: Grammar

    @Test(
        arguments: [
            ("", 0), ("-", 1), ("+1", 0), (".5", 0), ("-.5", 1), ("1.", 2), ("-1.", 3), ("1.e5", 2), ("1e", 2),
            ("1E+", 3),
            ("1e-", 3), ("01", 0), ("-01", 1), ("00", 0), ("0123", 0), ("--1", 1), ("-+1", 1), ("1e+-1", 3),
            ("1ee1", 2),
            ("-a", 1), ("0.e1", 2), ("-e1", 1), ("- 1", 1), ("0e", 2), ("0.0e+", 5), ("NaN", 0), ("Infinity", 0),
            ("-Infinity", 1), ("１", 0), ("1.x", 2), ("1234567.", 8), ("-12345.e5", 7), ("12345678.", 9), ("1.2ex", 4),
            ("01.5", 0), ("0123456789", 0),
            ("00.1234567890123456", 0),
            ("123456789012345678901234567890.", 31), ("12345678901234567890e", 21), ("\u{7F}", 0), ("/", 0), (":", 0),
        ])
    func `what is no number is malformed at the byte to blame`(text: String, offset: Int) {
        let expected = (reading: NumberReading.malformed, pattern: Double(1.5).pattern)
        for padding in ["", "]", ",1]", "x" + followers] {
            // The end of a text is to blame as is what follows it.
            let read = NumberText<Double>(text.utf8, padding: padding)
            #expect(read == NumberText(reading: expected.reading, pattern: expected.pattern, offset: offset))
            #expect(NumberText<Float>(text.utf8, padding: padding).offset == offset)
        }
    }

    @Test(
        arguments: [
            ("1 ", 1), ("1.5,", 3), ("1e5]", 3), ("0x10", 1), ("1_000", 1), ("1e1.5", 3), ("1.2.3", 3), ("1e1e1", 3),
            ("0}", 1),
            ("-0-0", 2), ("12 3", 2), ("1.0000000000000000000000000000000 ", 33), ("1\0", 1), ("5\u{80}", 1), ("7/", 1),
        ])
    func `a number ends where no more of it can follow`(text: String, offset: Int) {
        for padding in ["", followers] {
            let read = NumberText<Double>(text.utf8, padding: padding)
            #expect(read.reading == .finite)
            #expect(read.offset == offset)
        }
    }

    // MARK: Values

    @Test(arguments: JSONNumberTests.legal) func `a legal number is what libc reads`(text: String) {
        expectAsLibc(text)
    }

    @Test(
        arguments: [
            "0.84147096", "1.1426396", "512.000030517578125", "512.000091552734375", "1000.5", "1234567.5",
            "1234567.123456789012", "1234567.1234567890123",
            "12345.67890123456789e-7", "0.5", "12", "7.3e-05", "0", "0.0", "0.0e9", "1000", "999.5", "1000.5",
            "0.1234567", "0.12345678", "0.123456789", "0.1234567890123456", "0.12345678901234567",
            "0.123456789012345678", "0.1234567890123456789", "0.00012345678901234567", "9.999999999999999999",
            "12.345678901234567", "123.45678901234567", "9999999", "99999999", "16777217", "9007199254740993", "1e22",
            "1e-22", "1E+05", "1e00000000005", "1.5e0000005", "3.4028234e38", "3.4028235e38", "1.17549435e-38",
            "1.1754942e-38", "1e-45", "7e-46", "7.1e-46", "1.4e-45", "1e-44", "16777217.0", "16777219.0",
            "1.00000017881393421514957253748434595763683319091796875001",
        ])
    func `a usual number is what libc reads`(text: String) {
        expectAsLibc(text)
        expectAsLibc("-" + text)
    }

    @Test(arguments: [1, 2] as [UInt64]) func `a random number is what libc reads`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<1500 { expectAsLibc(randomNumber(&random)) }
    }

    @Test(
        arguments: [
            "1e309", "1e400", "-1e400", "1.7976931348623159e308", "0.1e310", "1e99999999999999999999",
            "1e9223372036854775807", "1\(String(repeating: "0", count: 309))",
            "0.\(String(repeating: "0", count: 400))1e710",
        ])
    func `a number past the type is an overflow, and is passed over`(text: String) {
        for padding in ["", followers] {
            let overflow = NumberText<Double>(
                reading: .overflow, pattern: Double(1.5).pattern, offset: text.utf8.count)
            #expect(NumberText<Double>(text.utf8, padding: padding) == overflow)
            #expect(NumberText<Float>(text.utf8, padding: padding).reading == .overflow)
        }
    }

    @Test func `the largest number is the last one below the middle to the next`() {
        // 2^128 − 2^103 in the middle between the largest float32 and 2^128; ties go to even, which is the latter.
        #expect(
            NumberText<Float>("340282356779733661637539395458142568447".utf8).pattern
                == Float.greatestFiniteMagnitude.pattern)
        #expect(NumberText<Float>("340282356779733661637539395458142568448".utf8).reading == .overflow)
        #expect(NumberText<Float>("3.4028235677973366e38".utf8, padding: followers).reading == .finite)
        #expect(NumberText<Float>("3.4028235677973367e38".utf8, padding: followers).reading == .overflow)
        #expect(NumberText<Double>("1.7976931348623158e308".utf8, padding: followers).reading == .finite)
    }

    // MARK: Helpers

    private func expectAsLibc(_ text: String) {
        let (double, float) = (strtod(text, nil), strtof(text, nil))
        for padding in ["", " ", followers] {
            #expect(NumberText<Double>(text.utf8, padding: padding) == NumberText(double, text), "\(text)")
            #expect(NumberText<Float>(text.utf8, padding: padding) == NumberText(float, text), "\(text)")
        }
    }

    /// Of the lengths at which the ways of reading change, and of others.
    private func randomNumber(_ random: inout SplitMix64) -> String {
        func digits(_ most: Int) -> String {
            let count = Int.random(in: 1...most, using: &random)
            // Zeros and nines are where something carries.
            let digits = ["0123456789", "0123456789", "09", "0"].randomElement(using: &random) ?? "0"
            return String((0..<count).map { _ in digits.randomElement(using: &random) ?? "0" })
        }
        let whole = digits([1, 3, 9, 30].randomElement(using: &random) ?? 1).drop { $0 == "0" }
        var text = (Bool.random(using: &random) ? "-" : "") + (whole.isEmpty ? "0" : whole)
        if Int.random(in: 0..<4, using: &random) > 0 {
            text += "." + digits([9, 20, 25, 40].randomElement(using: &random) ?? 1)
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            text += Bool.random(using: &random) ? "e" : "E"
            text += ["", "+", "-", "-"].randomElement(using: &random) ?? ""
            text += String(Int.random(in: 0...(Bool.random(using: &random) ? 50 : 400), using: &random))
        }
        return text
    }
}

extension NumberText {
    /// What it is where the value is that of the whole text.
    fileprivate init(_ value: Scalar, _ text: String) {
        self.init(
            reading: value.isFinite ? .finite : .overflow,
            pattern: value.isFinite ? value.pattern : Scalar(1.5).pattern,
            offset: text.utf8.count)
    }
}
