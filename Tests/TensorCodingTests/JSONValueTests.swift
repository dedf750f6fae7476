import FoundationEssentials
import TestSupport
import Testing

@testable import TensorCoding

/// Values as decoders, against Foundation's: the same of every value, and the same errors in the same places.
@Suite struct JSONValueTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `a value decodes as Foundation decodes it, or fails alike`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<150 {
            let text = Data(Self.value(&random, depth: 0, isInArray: false).utf8)
            let ours = try JSONReader(text).read(DecoderProbe.self, configuration: ()).findings
            let plain = try JSONDecoder().decode(DecoderProbe.self, from: text).findings
            for (ours, plain) in zip(ours, plain) {
                #expect(ours == plain, "\(String(decoding: text, as: UTF8.self).debugDescription)")
            }
            #expect(ours.count == plain.count)
        }
    }

    private static let numbers = [
        "0", "-0", "7", "-129", "255", "3.0", "1e2", "25e-1", "0.1", "1e30", "1e39", "9007199254740993",
        "18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809",
        "1.7976931348623157e308", "123456789012345678901234567890", "1e-30", "1.00000017881393432617187499",
    ]
    private static let strings = [
        #""""#, #""a""#, #""true""#, #""é""#, #""\u00e9\n\"\\\/""#, #""\ud83d\ude00 😀""#, #""\u0000""#,
        "\"\(String(repeating: "long ", count: 300))\"",
    ]
    private static let keys = ["a", "b", "", "absent ", "é", "a/b", "~", "0", "\u{1F600}"]

    /// An array in an object begins with a value that makes it no tensor: such are for other types.
    private static func value(_ random: inout SplitMix64, depth: Int, isInArray: Bool) -> String {
        let space = ["", "", "", " ", "\n\t"].randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<(depth < 4 ? 10 : 6), using: &random) {
        case 0: return "null" + space
        case 1: return Bool.random(using: &random) ? "true" : "false"
        case 2, 3: return (numbers.randomElement(using: &random) ?? "1") + space
        case 4, 5: return (strings.randomElement(using: &random) ?? "\"\"") + space
        case 6, 7:
            let first = isInArray ? [] : ["null", "\"a\"", "{}"].randomElement(using: &random).map { [$0] } ?? []
            let isEmpty = Int.random(in: 0..<4, using: &random) == 0
            let others = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                value(&random, depth: depth + 1, isInArray: true)
            }
            return isEmpty ? "[\(space)]" : "[\((first + others).joined(separator: "," + space))]"
        default:
            let isLarge = Int.random(in: 0..<10, using: &random) == 0
            let names = isLarge ? keys + (1...20).map { "k\($0)" } : keys
            let members = names.shuffled(using: &random).prefix(isLarge ? 30 : 3).map {
                "\"\($0)\":\(space)\(value(&random, depth: depth + (isLarge ? 3 : 1), isInArray: false))"
            }
            return "{\(space)\(members.joined(separator: ","))}"
        }
    }

    @Test func `every member of a large object is found`() throws {
        let members = (0..<1_000).map { "\"k\($0)\":\"\($0)\"" }.joined(separator: ",")
        let read = try JSONReader(Data("{\(members)}".utf8)).read(Strings.self, configuration: ()).strings
        #expect(read.count == 1_000 && read.allSatisfy { $0.key == "k\($0.value)" })
    }

    private struct Strings: DecodableWithConfiguration {
        let strings: [String: String]

        init(from decoder: any Decoder, configuration: Void) throws {
            strings = try [String: String](from: decoder)
        }
    }

    @Test(arguments: ["[1,2]", "[[true]]", "{\"a\":[0.5]}"])
    func `an array of numbers or booleans is none of Codable's`(text: String) throws {
        let error = try #require(
            invalidValue { try JSONReader(Data(text.utf8)).read(Lists.self, configuration: ()) })
        #expect(error.kind == .wrongType && error.pointer.description == (text.hasPrefix("{") ? "/a" : ""))
    }

    private struct Lists: DecodableWithConfiguration {
        init(from decoder: any Decoder, configuration: Void) throws {
            if let lists = try? decoder.container(keyedBy: Key.self) {
                _ = try lists.decode([Double].self, forKey: .a)
            } else {
                _ = try [Double](from: decoder)
            }
        }

        private enum Key: CodingKey { case a }
    }
}
