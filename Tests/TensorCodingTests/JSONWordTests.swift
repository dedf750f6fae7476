import TestSupport
import Testing

@testable import TensorCoding

/// Words that are no JSON: the error stays where it was, and its message has the whole word.
@Suite struct JSONWordTests {
    @Test(arguments: [
        ("None", 0, "None", "JSON writes null"), ("nan", 1, "nan", "no NaN or Infinity"), ("NaN", 0, "NaN", "no NaN"),
        ("NAN", 0, "NAN", "no NaN"), ("-nan", 1, "-nan", "no NaN"), ("Infinity", 0, "Infinity", "no NaN or Infinity"),
        ("-Infinity", 1, "-Infinity", "no NaN or Infinity"), ("inf", 0, "inf", "no NaN or Infinity"),
        ("-inf", 1, "-inf", "no NaN or Infinity"), ("+inf", 0, "+inf", "no NaN or Infinity"),
        ("True", 0, "True", "JSON writes true"), ("False", 0, "False", "JSON writes false"),
        ("TRUE", 0, "TRUE", "JSON writes true"), ("nil", 1, "nil", "JSON writes null"),
        ("undefined", 0, "undefined", "JSON writes null"), ("Null", 0, "Null", "JSON writes null"),
        ("tru", 3, "tru", "expected true"), ("fals", 4, "fals", "expected false"), ("nul", 3, "nul", "expected null"),
        ("truex", 4, "truex", "expected a value"), ("nulls", 4, "nulls", "expected a value"),
        ("tensor", 1, "tensor", ".tolist()"), ("array", 0, "array", ".tolist()"),
        ("np.array", 1, "np.array", ".tolist()"),
        ("float32", 1, "float32", "expected a value"), ("x", 0, "x", "expected a value"),
        (".5", 0, ".5", "begins with a digit"), ("+1", 0, "+1", "begins with a digit"),
        ("1.0f", 3, "1.0f", "is no number"), ("1_000", 1, "1_000", "is no number"), ("0x10", 1, "0x10", "is no number"),
        ("1.2.3", 3, "1.2.3", "is no number"), ("-1e5L", 4, "-1e5L", "is no number"),
    ])
    func `a word that is no value is shown whole, with what JSON has for it`(
        word: String, offset: Int, shown: String, hint: String
    ) throws {
        for (before, after) in [
            ("", ""), ("[", "]"), ("{\"x\":[[1,0],[", ",0]]}"), ("[true, ", " ]"), ("{\"a\": ", "\n}"),
        ] {
            let error = try #require(syntaxError((before + word + after).utf8))
            #expect(error.kind == .malformed && error.offset == before.utf8.count + offset, "\(before + word)")
            #expect(error.reason.contains("\"\(shown)\"") && error.reason.contains(hint), "\(error.reason)")
        }
    }

    @Test func `a long word is cut off`() throws {
        for word in [String(repeating: "n", count: 100_000), "1" + String(repeating: "x", count: 100_000)] {
            let error = try #require(syntaxError(word.utf8))
            #expect(error.reason.utf8.count < 150 && error.reason.contains("…\""))
        }
    }

    @Test func `a key without quotes is shown whole`() throws {
        let error = try #require(syntaxError("{positions: 1}".utf8))
        #expect(error.offset == 1 && error.reason == "expected a key in double quotes, found \"positions\"")
        #expect(try #require(syntaxError("{'x': 1}".utf8)).reason == "expected a key in double quotes, found \"'\"")
    }

    @Test func `what is no word is one character or byte`() throws {
        #expect(try #require(syntaxError("?".utf8)).reason == "expected a value, found \"?\"")
        #expect(try #require(syntaxError("-".utf8)).reason == "expected a digit, found the end of the text")
        #expect(try #require(syntaxError("-]".utf8)).reason == "expected a digit, found \"]\"")
        #expect(try #require(syntaxError("\0".utf8)).reason == "expected a value, found the byte 0x0")
        #expect(try #require(syntaxError("[1.]".utf8)).reason == "expected a digit after the point, found \"]\"")
    }
}
