import FoundationEssentials
import PositionalEncoding
import TensorCoding
import TestSupport

/// A body that the reader must read alike whatever it guesses, and of which what was read is written and read again.
struct FuzzedBody {
    private let text: Data

    private init(_ text: Data) {
        self.text = text
    }

    /// What the tests begin with as well.
    static var seeds: [Data] {
        var corpus = JSONCorpus(seed: 1)
        let requests = (0..<500).map { _ in Array(corpus.next().utf8) }.filter { $0.count < 4_000 }
        return (JSONFuzzer.documents + requests).map { Data($0) }
    }

    /// An array alone is put under every name that arrays are read for.
    static func check(_ text: Data) {
        let isArray = text.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
        let fields = ["{\"x\":", ",\"mask\":", ",\"list\":"]
        let body = isArray ? fields.reduce(Data()) { $0 + $1.utf8 + text } + "}".utf8 : text
        FuzzedBody(body).check()
    }

    /// What came of a body: the request, or the error without its offsets.
    private enum Outcome {
        case request(FuzzedRequest)
        case error(String)
    }

    private func check() {
        for type in ScalarType.allCases {
            let plain = Self.read(text, type)
            for variant in variants { expectEqual(plain, Self.read(variant, type)) }
            if case .request(let request) = plain { check(request, type) }
        }
    }

    /// The text where it is taken for one of float32, and where it is taken for one of float64.
    private var variants: [Data] {
        let space = Data(repeating: UInt8(ascii: " "), count: 256)
        let hidden = space + text + space
        // A member more, in front.
        let member = Data("\"float64 \":0".utf8)
        guard let brace = text.firstIndex(of: UInt8(ascii: "{")), text.firstRange(of: Data("float64 ".utf8)) == nil,
            text[..<brace].allSatisfy({ " \t\r\n".utf8.contains($0) })
        else { return [hidden] }
        let rest = text[(brace + 1)...]
        let isEmpty = rest.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "}")
        return [hidden, text[...brace] + member + (isEmpty ? Data() : Data(",".utf8)) + rest]
    }

    private static func read(_ text: Data, _ type: ScalarType) -> Outcome {
        do {
            return .request(try JSONReader(text).read(FuzzedRequest.self, configuration: type))
        } catch let error as InvalidValue {
            return .error("\(error.kind) \(error.pointer) \(error.detail)")
        } catch let error as JSONSyntaxError {
            expect(
                (0...text.count).contains(error.offset) && error.line >= 1 && error.column >= 1,
                "a place is in the text")
            // The reason names what stands there, which is another where the text ends too early.
            return .error("\(error.kind) \(error.pointer)")
        } catch {
            fail("an error of another type: \(error)")
        }
    }

    private func expectEqual(_ one: Outcome, _ other: Outcome) {
        switch (one, other) {
        case (.request(let one), .request(let other)):
            expect(one.bits == other.bits && one.x?.form == other.x?.form, "the guess made a difference")
        case (.error(let one), .error(let other)):
            expect(one == other, "the guess made a difference to the error: \(one), \(other)")
        default: fail("the guess made a difference: \(one), \(other)")
        }
    }

    // MARK: Back again

    private func check(_ request: FuzzedRequest, _ type: ScalarType) {
        if let x = request.x?.tensor { check(x) }
        if case .additive(let mask) = request.mask?.elements { check(mask) }
        if let list = request.list {
            let axes = list.axes
            guard let shape = TensorShape(axes) else { fail("a list has numbers") }
            let tensor = AnyTensor.float64(Tensor(shape: shape, elements: list.numbers))
            let back = reread("list", JSONTensor(tensor, form: .nested), .float32).list
            expect(back?.axes == list.axes, "a list is read otherwise")
            expect(back?.numbers.map(\.bitPattern) == list.numbers.map(\.bitPattern), "a list is read otherwise")
        }
    }

    private func check(_ tensor: AnyTensor) {
        for form in [JSONTensor.Form.nested, .flat, .base64] {
            let written = JSONTensor(tensor, form: form)
            if form != .base64, tensor.firstNonFinite != nil {
                expect((try? JSONWriter.write(written)) == nil, "JSON has no number for it")
            } else {
                let x = reread("x", written, tensor.type).x
                expect(x?.form == form && x?.tensor.bits == tensor.bits, "what was written is read otherwise")
            }
        }
    }

    private func reread(_ name: String, _ tensor: JSONTensor, _ type: ScalarType) -> FuzzedRequest {
        do {
            let text = try JSONWriter.write([name: tensor])
            return try JSONReader(text).read(FuzzedRequest.self, configuration: type)
        } catch {
            fail("what was written is refused: \(error)")
        }
    }
}
