import Glibc
import Testing

/// Scalings held against mpmath and against Hugging Face transformers.
@Suite struct ScalingGoldenTests {
    private static let cases = Result { try GoldenFile("scaling").cases }
    private static var all: [GoldenCase] { (try? cases.get()) ?? [] }
    private static var huggingFace: [GoldenCase] { all.filter { $0.expected["inv_freq"] != .null } }

    @Test func `each type has six parameter sets`() throws {
        let types = Dictionary(grouping: try Self.cases.get()) { $0.request["scaling"]["rope_type"].string }
        #expect(types.count == 10 && types.values.allSatisfy { $0.count >= 6 })
    }

    /// The bound. Steps are of 64 bits, so that the one rounding to float64 is nearly all of the error; `truth` is
    /// rounded once as well.
    @Test(arguments: all) func `inverse frequencies are the definition's within 2 ulp of float64`(_ golden: GoldenCase)
        throws
    {
        let scaling = try GoldenScaling(golden)
        for (ours, truth) in zip(try scaling.frequencies().inverse, scaling.truth) {
            #expect(abs(ours - truth) <= 2 * truth.ulp, "\(ours) is not \(truth)")
        }
    }

    /// The bound: float32 rounds each step of a ladder by 6e-8, the power among them by ln(base) times that.
    @Test(arguments: huggingFace)
    func `inverse frequencies are Hugging Face's within 3e-6, and attention factors within 2 ulp`(_ golden: GoldenCase)
        throws
    {
        let ours = try GoldenScaling(golden).frequencies()
        let theirs = golden.expected["inv_freq"].elements.compactMap(\.number)
        #expect(ours.inverse.count == theirs.count)
        for (one, other) in zip(ours.inverse, theirs) { #expect(abs(one - other) <= 3e-6 * other, "\(one), \(other)") }
        let factor = try #require(golden.expected["attention_factor"].number)
        #expect(abs(ours.attentionFactor - factor) <= 2 * factor.ulp)
    }

    /// Cosine and sine times the factor, rounded once, two products and a sum: 4 · 2^−24 · ‖pair‖ · factor. The float64 angle
    /// adds 2^−52 of itself at most, which at position 131 071 is 2^−35.
    @Test(arguments: all) func `a rotated float32 element is within four roundings of the truth`(_ golden: GoldenCase)
        throws
    {
        let scaling = try GoldenScaling(golden)
        let factor = try scaling.frequencies().attentionFactor
        let inputs = scaling.pairs(of: scaling.x.elements)
        for (x, y) in zip(inputs, scaling.pairs(of: try scaling.rotated(precision: "float64"))) {
            let angle = scaling.positions[x.row] * scaling.truth[x.pair]
            let (cosine, sine) = (factor * cos(angle), factor * sin(angle))
            let bound = (4 * 0x1p-24 + 0x1p-34) * hypot(x.first, x.second) * factor
            #expect(abs(y.first - (x.first * cosine - x.second * sine)) <= bound)
            #expect(abs(y.second - (x.first * sine + x.second * cosine)) <= bound)
        }
    }

    /// Cosines and sines of PyTorch and of libm are within an ulp of one another; each makes one of the pair's larger element.
    @Test(arguments: huggingFace)
    func `in precision float32 rotated tensors are Hugging Face's within 2 ulp of a pair's larger element`(
        _ golden: GoldenCase
    ) throws {
        let scaling = try GoldenScaling(golden)
        // Texts are the shortest that read back as float32.
        let ours = scaling.pairs(of: try scaling.rotated(precision: "float32").map { Double(Float($0)) })
        let theirs = scaling.pairs(of: try GoldenTensor(golden.expected["y"]).elements.map { Double(Float($0)) })
        for (one, other) in zip(ours, theirs) {
            let larger = max(abs(other.first), abs(other.second))
            let bound = 2 * Double(Float(larger).ulp)
            let difference = max(abs(one.first - other.first), abs(one.second - other.second))
            #expect(difference <= bound, "row \(one.row), pair \(one.pair): \(difference / bound) times too far")
        }
    }

    @Test(arguments: huggingFace)
    func `in precision float32 inverse frequencies are Hugging Face's to the bit`(_ golden: GoldenCase) throws {
        let ours = try GoldenScaling(golden).frequencies(precision: "float32").inverse
        #expect(ours == golden.expected["inv_freq"].elements.compactMap(\.number).map { Double(Float($0)) })
    }
}
