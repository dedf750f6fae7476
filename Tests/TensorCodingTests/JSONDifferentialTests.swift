import FoundationEssentials
import Glibc
import PositionalEncoding
import TestSupport
import Testing

@testable import TensorCoding

/// The reader and the writer against Foundation's decoder and encoder alone: the same bits and bytes, or both refuse.
@Suite struct JSONDifferentialTests {
    // MARK: Where they differ

    private enum Difference {
        /// Foundation takes what is no JSON by RFC 8259, or no base64 by RFC 4648.
        case stricter
        /// Foundation refuses a number that its type holds, rounded.
        case moreExact
    }

    /// All of them. No other shows in any of the texts below.
    private static let differences: [(text: String, type: ScalarType, difference: Difference)] = [
        (#"{"x":[1,]}"#, .float32, .stricter), (#"{"x":[[1],],"list":[1]}"#, .float64, .stricter),
        (#"{"x":{"shape":[1],"data":[1],}}"#, .float32, .stricter), (#"{"x":[1],}"#, .float32, .stricter),
        (#"{"x":[1],"x":[2]}"#, .float32, .stricter), (#"{"x":[1],"\u0078":2}"#, .float32, .stricter),
        (
            "{\"x\":[1],\"o\":\(String(repeating: "[", count: 64))\(String(repeating: "]", count: 64))}", .float32,
            .stricter
        ),
        ("\u{FEFF}{\"x\":[1]}", .float32, .stricter), (#"{"x":[1],"note":1e999}"#, .float64, .stricter),
        (#"{"x":{"shape":[1],"base64":"AACAPw==="}}"#, .float32, .stricter),
        (#"{"x":{"shape":[3],"base64":"AACAPwAAgD8AAIA/="}}"#, .float32, .stricter),
        (#"{"x":[0e5]}"#, .float32, .moreExact), (#"{"x":[-0.0E1]}"#, .float64, .moreExact),
        (#"{"x":[1],"list":[0e5]}"#, .float32, .moreExact),
        (#"{"x":{"shape":[1],"data":[0e1]}}"#, .float64, .moreExact),
        (#"{"x":[1],"note":0e5}"#, .float32, .moreExact),
        (#"{"x":[1e-400]}"#, .float32, .moreExact), (#"{"x":[-1e-400]}"#, .float64, .moreExact),
        (#"{"x":[1e-46]}"#, .float32, .moreExact), (#"{"x":[5e-324]}"#, .float32, .moreExact),
    ]

    @Test func `where we are stricter or more exact than Foundation stands in a list`() {
        for (text, type, difference) in Self.differences {
            let bytes = Array(text.utf8)
            #expect((Self.ours(bytes, type) != nil) == (difference == .moreExact), "\(text)")
            let isPlain = Self.isPlain(bytes) && Self.plain(bytes, type) != nil
            #expect(isPlain == (difference == .stricter), "\(text)")
            #expect(Self.explained(bytes, type) == difference, "\(text)")
        }
        // In UTF-16, which Foundation finds out by itself.
        let wide = #"{"x":[1]}"#.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        #expect(Self.ours(wide, .float32) == nil && Self.plain(wide, .float32) != nil)
        // A key that a tensor has not is refused by both twins; the types of Foundation alone would not mind it.
        #expect(Self.ours(Array(#"{"x":{"shape":[1],"data":[1],"a":1}}"#.utf8), .float32) == nil)
    }

    /// What of the list a text has; nil where it has nothing.
    private static func explained(_ bytes: [UInt8], _ type: ScalarType) -> Difference? {
        switch JSONGrammarTwin.verdict(bytes) {
        case .malformed: return JSONGrammarTwin.verdict(bytes, isLenient: true) == .malformed ? nil : .stricter
        case .overflow: return .stricter
        case .accepted: break
        }
        if hasBadPadding(bytes) { return .stricter }
        let isMoreExact = JSONGrammarTwin.numbers(of: bytes).contains { number in
            let significand = number.prefix { $0 != "e" && $0 != "E" }
            let isZero = !significand.contains { "123456789".contains($0) }
            if isZero { return significand.count < number.utf8.count }
            return strtod(number, nil) == 0 || type == .float32 && strtof(number, nil) == 0
        }
        return isMoreExact ? .moreExact : nil
    }

    private static func hasBadPadding(_ bytes: [UInt8]) -> Bool {
        let strings = String(decoding: bytes, as: UTF8.self).split(separator: "\"")
        return strings.contains { string in
            string.hasSuffix("=") && (!string.utf8.count.isMultiple(of: 4) || string.hasSuffix("==="))
        }
    }

    // MARK: Reading

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a request is read bit for bit as Foundation reads it, or refused by both`(seed: UInt64) {
        var corpus = JSONCorpus(seed: seed)
        var tally = Tally()
        for _ in 0..<400 { expectAgreement(Array(corpus.next().utf8), &tally) }
        #expect(tally.equal > 400 && tally.bothRefuse > 3 && tally.moreExact > 3 && tally.stricter == 0)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a request that was changed at random is read as Foundation reads it, or refused by both`(seed: UInt64) {
        var corpus = JSONCorpus(seed: seed + 100)
        let requests = (0..<200).map { _ in corpus.next() }.filter { $0.utf8.count < 400 }.map { Array($0.utf8) }
        var fuzzer = JSONFuzzer(seed: seed, documents: requests)
        var tally = Tally()
        for _ in 0..<1_000 { expectAgreement(fuzzer.next(), &tally) }
        #expect(tally.equal > 200 && tally.bothRefuse > 500 && tally.moreExact > 0)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `all of a text is read as Foundation reads it`(seed: UInt64) throws {
        var corpus = JSONCorpus(seed: seed + 200)
        let requests = (0..<100).map { _ in corpus.next() }.filter { $0.utf8.count < 400 }.map { Array($0.utf8) }
        var fuzzer = JSONFuzzer(seed: seed, documents: JSONFuzzer.documents + requests)
        var count = 0
        for _ in 0..<3_000 {
            let bytes = fuzzer.next()
            guard let ours = try? document(bytes), let plain = Self.plainDocument(bytes) else { continue }
            count += 1
            #expect(Self.agree(ours, plain), "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
        #expect(count > 500)
    }

    private struct Tally {
        var equal = 0, bothRefuse = 0, stricter = 0, moreExact = 0
    }

    private func expectAgreement(_ bytes: [UInt8], _ tally: inout Tally) {
        let isPlain = Self.isPlain(bytes)
        for type in ScalarType.allCases {
            let (ours, plain) = (Self.ours(bytes, type), isPlain ? Self.plain(bytes, type) : nil)
            let shown = "\(type): \(String(decoding: bytes, as: UTF8.self).debugDescription)"
            switch (ours, plain) {
            case (nil, nil): tally.bothRefuse += 1
            case (let ours?, let plain?):
                tally.equal += 1
                #expect(ours == plain, "\(shown)")
            case (nil, _):
                tally.stricter += 1
                #expect(Self.explained(bytes, type) == .stricter, "\(shown)")
            case (_, nil):
                tally.moreExact += 1
                #expect(Self.explained(bytes, type) == .moreExact, "\(shown)")
            }
        }
    }

    private static func ours(_ bytes: [UInt8], _ type: ScalarType) -> RequestSummary? {
        (try? ArrayRequest.read(bytes, as: type)).map(RequestSummary.init)
    }

    private static func plain(_ bytes: [UInt8], _ type: ScalarType) -> RequestSummary? {
        switch type {
        case .float32: (try? JSONDecoder().decode(PlainRequest<Float>.self, from: Data(bytes)))?.summary
        case .float64: (try? JSONDecoder().decode(PlainRequest<Double>.self, from: Data(bytes)))?.summary
        }
    }

    /// Foundation looks at a number once it is asked for, and then only can refuse it: all are, but those past float64.
    private static func isPlain(_ bytes: [UInt8]) -> Bool {
        plainDocument(bytes) != nil || JSONGrammarTwin.verdict(bytes) == .overflow
    }

    private static func plainDocument(_ bytes: [UInt8]) -> JSONDocument? {
        try? JSONDecoder().decode(JSONDocument.self, from: Data(bytes), configuration: .init())
    }

    /// Equal, and bit for bit; an array that is no tensor is one that Foundation reads as none.
    private static func agree(_ ours: JSONDocument, _ plain: JSONDocument) -> Bool {
        switch (ours, plain) {
        case (.number(let one), .number(let other)): one.bitPattern == other.bitPattern
        case (.array(let one), .array(let other)): one.count == other.count && zip(one, other).allSatisfy(agree)
        case (.object(let one), .object(let other)):
            one.count == other.count && one.allSatisfy { key, value in other[key].map { agree(value, $0) } ?? false }
        case (.noTensor, .array): axes(plain).map { TensorShape($0) == nil } ?? true
        default: ours == plain
        }
    }

    private static func axes(_ document: JSONDocument) -> [Int]? {
        guard case .array(let rows) = document else { return [] }
        guard let first = rows.first.map(axes) ?? nil, rows.allSatisfy({ axes($0) == first }) else { return nil }
        return [rows.count] + first
    }
}
