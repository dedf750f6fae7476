import FoundationEssentials
import PositionalEncoding
import TestSupport
import Testing

@testable import TensorCoding

/// The type that numbers are wanted in is guessed before they are read, and the guess changes nothing.
@Suite struct JSONGuessTests {
    /// Numbers that the types read differently, or one of them not at all.
    private static let arrays = [
        "[[0.1,1e39],[1e-46,-0]]", "[16777217,0.3333333333333333,1e300]", "[1.00000017881393432617187499,1e-400]",
        "[1,2,3]",
        "[[1e400,1]]", "[[1,2],[1e39]]", "[1,[1e39]]", "[[],[1e39]]", "[null,1e39]", "[true,false]", "[[true],[1e39]]",
        #"{"shape":[2],"data":[0.1,1e39]}"#, #"{"shape":[1],"data":[0.1,1e39]}"#, #"{"shape":[1e39],"data":[0.1]}"#,
        #"{"shape":[1],"base64":"mpmZmZmZuT8="}"#, #"{"shape":[2],"base64":"AACAPwAAAEA="}"#, "7",
        "[3.4028235e38,3.4028236e38]",
    ]

    private static let hidden = String(repeating: " ", count: 300)

    /// Each has the tensor in the place of `$`, and `float64` before it, after it, out of sight, or where it means nothing.
    private static let texts: [(text: String, guess: ScalarType)] = [
        (#"{"x":$}"#, .float32), (#"{"dtype":"float64","x":$}"#, .float64), (#"{"x":$,"dtype":"float64"}"#, .float64),
        (#"{"x":$,"dtype":"float32"}"#, .float32),
        (#"{\#(hidden)"dtype":"float64",\#(hidden)"x":$}"#, .float32),
        (#"{\#(hidden)"x":$,"dtype":"float64"\#(hidden)}"#, .float32),
        (#"{\#(hidden)"x":$,"dtype":"float64"}"#, .float64), (#"{"name":"float64","x":$}"#, .float64),
        (#"{"float64":1,"x":$}"#, .float64), (#"{"a":"not \"float64\"","x":$}"#, .float64),
        (#"{"dtype":"float\u00364","x":$}"#, .float32), (#"{"a":["float64"],"x":$,"b":{"float64":[1]}}"#, .float64),
    ]

    @Test func `the guess is by a word near either end`() {
        for (text, guess) in Self.texts {
            #expect(JSONReader.guess(Data(text.replacing("$", with: Self.hidden).utf8).span) == guess, "\(text)")
        }
    }

    @Test(arguments: arrays) func `a tensor is the same whatever is guessed`(array: String) throws {
        for type in ScalarType.allCases {
            let results = Self.texts.map { text, _ in Self.result(text.replacing("$", with: array), type) }
            for (text, result) in zip(Self.texts, results) { #expect(result == results[0], "\(text.text)") }
        }
    }

    @Test(arguments: [1, 2] as [UInt64]) func `random numbers are the same whatever is guessed`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let array = "[\((0..<4).map { _ in NumberSpelling.any(&random) }.joined(separator: ","))]"
            for type in ScalarType.allCases {
                #expect(
                    Self.result(#"{"x":\#(array)}"#, type) == Self.result(#"{"dtype":"float64","x":\#(array)}"#, type),
                    "\(array)")
            }
        }
    }

    /// The bits of x, or the error.
    private static func result(_ text: String, _ type: ScalarType) -> String {
        do {
            guard let x = try ArrayRequest.read(text, as: type).x else { return "nothing" }
            return "\(x.form) \(x.tensor.shape.axes) \(x.tensor.bits)"
        } catch {
            return "\(error)"
        }
    }
}
