import Glibc
import TestSupport
import Testing

@testable import TensorCoding

@Suite struct JSONNumberTests {
    // MARK: Grammar

    @Test(
        arguments: zip(
            [
                "-", "+1", ".5", "-.5", "1.", "-1.", "1.e5", "1e", "1E+", "1e-", "1e1.5", "01", "-01", "00", "0123",
                "0x10", "1x",
                "1_000", "1,000", "--1", "-+1", "1e+-1", "1ee1", "1.2.3", "1e5.", "0b1", "0o7", "1f", "1d", "-a", "1+1",
                "1 000",
                "１", "-∞", "0.e1", "-e1", "- 1", "1e 5", "1/2", "0e", "0.0e+", "1e1e1",
            ],
            [
                1, 0, 0, 1, 2, 3, 2, 2, 3, 3, 3, 0, 1, 0, 0, 1, 1,
                1, 1, 1, 1, 3, 2, 3, 3, 1, 1, 1, 1, 1, 1, 2,
                0, 1, 2, 1, 1, 2, 1, 2, 5, 3,
            ]))
    func `what is no number is refused where it breaks`(text: String, offset: Int) throws {
        let error = try #require(syntaxError(text.utf8))
        #expect(error.offset == offset)
        #expect(!JSONGrammarTwin.accepts(Array(text.utf8)))
        // Within an array, where a comma may follow.
        if text != "1,000" { #expect(try #require(syntaxError("[\(text)]".utf8)).offset == offset + 1) }
    }

    // MARK: Values

    /// Legal, and nasty: parsers differ on them.
    static let legal: [String] = {
        let zeros = String(repeating: "0", count: 400)
        let nines = String(repeating: "9", count: 400)
        return [
            "0", "-0", "0.0", "-0.0", "0e5", "-0e-5", "0E+5", "0.000e12", "-0.0E-400", "0e400",
            "0e99999999999999999999",
            "-0e-99999999999999999999", "1e-400", "-1e-400", "1e-46", "-1e-46", "1e-99999999999999999999",
            "1e-9223372036854775808", "123e-500", "1", "-1", "1e0", "1E400".replacing("1E", with: "0E"), "0.1", "1e5",
            "1E+5",
            "1e-5", "1e0000000000000000001", "1e-0000000000000000001", "1e+00", "123456789012345678901234567890e-30",
            "0.\(zeros)1e401", "0.\(zeros)1e400", "1\(zeros)e-400", "1\(zeros)e-700", "-1\(zeros)e-800",
            "\(nines)e-400",
            "\(nines)e-100", "0.\(nines)", "0.\(zeros)\(nines)e500", "1.\(zeros)1",
            "1.\(nines)e308".replacing("308", with: "307"),
            "4.9406564584124654e-324", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "3e-324",
            "2e-324",
            "-3e-324", "1e-323", "1e-310", "-1.5e-310", "2.2250738585072011e-308", "2.2250738585072014e-308",
            "2.225073858507201e-308", "1e-307", "9.9e-308", "1e308", "1.7976931348623157e308", "1.7976931348623158e308",
            "1.797693134862315807e308", "17976931348623157e292", "0.17976931348623157e309", "-1.7976931348623157e308",
            "9007199254740993",
            "9007199254740992.5", "9223372036854775808", "18446744073709551616", "-9223372036854775809", "1e22", "1e23",
            "8.41e21", "0.1e1", "100000000000000000000000e-22", "6.02214076e23",
            "1.00000000000000011102230246251565404",
            "1.00000000000000011102230246251565405", "1.00000000000000011102230246251565403",
            "7205759403792793199999e-5",
        ]
    }()

    @Test(arguments: legal) func `a legal number is what strtod reads`(text: String) throws {
        #expect(throws: Never.self) { try scan(text) }
        #expect(JSONGrammarTwin.accepts(Array(text.utf8)))
        let expected = strtod(text, nil)
        #expect(try number(text).bitPattern == expected.bitPattern)
        #expect(try TensorRequest.read("[\(text)]", as: .float64).tensor.bits == [expected.bitPattern])
        // In an array that is scanned, and in one that is left to the decoder, where what stands for a zero must not
        // shift its neighbours.
        let row = [JSONDocument.number(1.5), .number(expected)]
        #expect(try document("[[1.5,\(text)],[1.5,\(text) ]]") == .array([.array(row), .array(row)]))
        #expect(
            try document("[null,1.5,\(text),[\(text) ],2.5]")
                == .array([.null] + row + [.array([.number(expected)]), .number(2.5)]))
    }

    @Test(arguments: [1, 2] as [UInt64]) func `a random number is what strtod reads`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let text = NumberSpelling.float64(&random)
            let expected = strtod(text, nil)
            if expected.isFinite {
                #expect(try number(text).bitPattern == expected.bitPattern, "\(text)")
            } else {
                #expect(invalidValue { try scan(text) }?.kind == .overflow, "\(text)")
            }
        }
    }

    // MARK: Overflow

    @Test(arguments: [
        "1e309", "-1e309", "1E400", "1.7976931348623159e308", "-1.7976931348623159e308", "0.1e310",
        "1e99999999999999999999",
        "1e9223372036854775807", "-1e9223372036854775808", "1\(String(repeating: "0", count: 309))",
        "0.\(String(repeating: "0", count: 400))1e710",
        // The middle between the largest number and what would be the next.
        "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330"
            + "286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069"
            + "855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792",
    ])
    func `a number past float64 is refused with its place`(text: String) throws {
        #expect(try #require(invalidValue { try scan(text) }).kind == .overflow)
        // In an array that is scanned it is in nobody's way until the array is read.
        let unread = "{\"a\":0,\"x\":[[1,0],[2,\(text)]]}"
        #expect(throws: Never.self) { try scan(unread) }
        for (text, place) in [
            (unread, "/x/1/1"), ("{\"a\":0,\"x\":[null,[2,\(text)]]}", "/x/1/1"), ("[{\"/\":\(text)}]", "/0/~1"),
            ("[\(text)]", "/0"),
        ] {
            let error = try #require(invalidValue { try document(text) })
            #expect(error.kind == .overflow)
            #expect(error.pointer.description == place)
        }
    }

    // MARK: Helpers

    private func number(_ text: String) throws -> Double {
        guard case .number(let number) = try document(text) else {
            Issue.record("\(text) is read as something else")
            return .nan
        }
        return number
    }
}
