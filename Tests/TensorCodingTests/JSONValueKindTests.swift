import FoundationEssentials
import Testing

@testable import TensorCoding

@Suite struct JSONValueKindTests {
    private struct Value: DecodableWithConfiguration {
        let kind: JSONValueKind
        init(from decoder: any Decoder, configuration: Bool) throws {
            kind = JSONValue(decoder).kind
        }
    }

    @Test(arguments: [
        ("null", JSONValueKind.null), ("true", .boolean), ("false", .boolean), ("0", .number), ("-1.5e3", .number),
        ("1e-400", .number), ("5e-324", .number), ("\"\"", .string), ("\"true\"", .string), ("\"1\"", .string),
        ("[]", .array),
        ("[1]", .array), ("[null]", .array), ("{}", .object), ("{\"a\":1}", .object),
    ])
    func `a value is called what it is`(text: String, kind: JSONValueKind) throws {
        #expect(try JSONReader(Data(text.utf8)).read(Value.self, configuration: true).kind == kind)
    }
}
