import FoundationEssentials
import Glibc
import Testing

/// Rotations held against those of Hugging Face transformers.
///
/// A pair p at position m is turned by the angle a = m·base^(−2i/r)/factor. Whoever is off by Δ in the angle is off by at
/// most ‖p‖·Δ in the pair. u is half an ulp of 1, 2^−24 in float32 and 2^−53 in float64; terms of second order are covered by
/// rounding the sums up.
///
/// An element of ours is off by at most 4u‖p‖ in the turn: cosine and sine (2u; in float32, rounded once, u), two products and
/// a sum. In the angle by 4 · 2^−53 · |a|: inverse frequency (an ulp, 2 of these), its division by factor, the product.
@Suite struct GoldenTests {
    /// Hugging Face's float32, in units of u = 2^−24:
    ///
    ///     angle    the exponent 2i/r, 1, which costs base to it ln(base)·2i/r; the power, an ulp, 2; its reciprocal, 1; the
    ///              division by factor, 1; the product with the position, 1. Nothing for pair 0, which is 1 exactly, but
    ///              the last two.
    ///     turn     cosine and sine: 3.5 ulp of numbers below 1 (Sleef's bound), 3.5 each, at most 3.5 · √2 ‖p‖ < 5‖p‖;
    ///              two products and a sum, 2‖p‖. Ours 4‖p‖. Together 11‖p‖, and 12 with second order.
    @Test(arguments: try GoldenFile("rotate_half").cases.filter { !$0.isFloat64 })
    func `a float32 rotation is Hugging Face's, but for the roundings of both`(_ golden: GoldenCase) throws {
        let rotation = try GoldenRotation(golden.request)
        let tolerances = rotation.tolerances(turn: 12 * 0x1p-24) { pair, angle in
            let exponent = 2 * Double(pair) / Double(rotation.rotaryDimension)
            let ladder = pair == 0 ? 0 : log(rotation.base) * exponent + 3
            return 1.01 * 0x1p-24 * (ladder + 2) * angle
        }
        try compare(golden, allowing: tolerances)
    }

    /// Theirs, in units of u = 2^−53: cosine and sine of the exact angle, rounded once, 1; two products and a sum, 2.
    @Test(arguments: try GoldenFile("rotate_half").cases.filter(\.isFloat64))
    func `rotate_half of exact cosines and sines is our rotation to a few ulp of float64`(_ golden: GoldenCase) throws {
        let tolerances = try GoldenRotation(golden.request).tolerances(turn: 7.01 * 0x1p-53) { _, angle in
            4.01 * 0x1p-53 * angle
        }
        try compare(golden, allowing: tolerances)
    }

    private func compare(_ golden: GoldenCase, allowing tolerances: [Double]) throws {
        let answer = try golden.answer()
        let (y, expected) = (try GoldenTensor(answer["y"]), try GoldenTensor(golden.expected["y"]))
        let difference = try y.largestDifference(from: expected, allowing: tolerances)
        #expect(difference <= 1, "\(difference) times what is allowed")
        #expect(answer["rope"]["layout"] == golden.request["layout"])
    }

    @Test(arguments: GoldenFile.names)
    func `golden data say where they are from`(name: String) throws {
        let file = try GoldenFile(name)
        let pins = try String(
            decoding: Data(contentsOf: GoldenFile.folder.appending(path: "requirements.txt")), as: UTF8.self
        )
        .split(separator: "\n").map { $0.split(separator: "==").map(String.init) }
        #expect(pins.allSatisfy { $0.count == 2 } && pins.contains { $0[0] == "torch" })
        #expect(Dictionary(uniqueKeysWithValues: pins.map { ($0[0], $0[1]) }) == file.provenance.versions)
        #expect(file.provenance.command == "make goldens" && file.provenance.python.hasPrefix("3."))
        #expect(
            file.provenance.functions.values.allSatisfy { $0.hasPrefix("https://github.com/") && $0.contains("/v") })
        #expect(Set(file.cases.map(\.function)).isSubset(of: file.provenance.functions.keys))
        #expect(file.cases.count >= 40 && Set(file.cases.map(\.name)).count == file.cases.count)
    }
}
