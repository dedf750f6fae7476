import FoundationEssentials
import TensorCoding
import Testing

@testable import RopewalkService

/// What a safetensors file says of itself under `__metadata__`, on its way through the service.
@Suite struct MetadataTests {
    private static let x = #""x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}"#

    private func exchange(_ target: String, _ metadata: String, accept: String? = nil) -> TensorExchange {
        let file = safetensors(header: #"{"__metadata__":\#(metadata),\#(Self.x)}"#, Data(count: 8))
        return TensorExchange(target, file, TensorExchange.safetensors, accept: accept)
    }

    private static let own = #"{"format":"pt","author":"Ada \"é\"\n","rope.theta":"5","ropes":"a","":""}"#

    @Test(arguments: ["/rope/apply?offset=1", "/rope/shift?by=1", "/rope/convert?from=half&to=interleaved"])
    func `metadata come back, beside what the answer says of itself`(target: String) throws {
        let metadata = try exchange(target, Self.own).file.metadata
        #expect(metadata["format"] == "pt" && metadata["author"] == "Ada \"é\"\n" && metadata[""] == "")
        #expect(metadata["ropes"] == "a")
        let plain = try exchange(target, "{}").file.metadata
        #expect(metadata["rope"] == plain["rope"] && metadata["warnings"] == nil)
        #expect((metadata["rope"] == nil) == target.contains("convert"))
        #expect(try exchange(target, "null").file.metadata == plain)
    }

    @Test func `what the answer says goes before what the file said under the same names`() throws {
        let stale = #"{"rope":"old","rope.k":"old","warnings":"old","note":"kept"}"#
        let metadata = try exchange("/rope/apply", stale).file.metadata
        #expect(Set(metadata.keys) == ["rope", "note", "warnings"] && metadata["warnings"] == "old")
        #expect(metadata["rope"]?.contains("\"base\":10000") == true)
        let warned = try exchange("/rope/apply?seq_len=5", stale).file.metadata
        #expect(
            Set(warned.keys) == ["rope", "note", "warnings"] && warned["warnings"]?.hasPrefix("[\"seq_len has") == true)
        // Where nothing is rotated, the rotation of before is still true.
        let moved = try exchange("/rope/convert?from=half&to=interleaved", stale).file.metadata
        #expect(moved == ["rope": "old", "rope.k": "old", "note": "kept", "warnings": "old"])
    }

    @Test func `an attention keeps them as well`() throws {
        let names = ["query", "key", "value"]
        let entries = names.enumerated().map {
            #""\#($1)":{"dtype":"F32","shape":[1,2],"data_offsets":[\#($0 * 8),\#($0 * 8 + 8)]}"#
        }
        let header =
            #"{"__metadata__":{"format":"pt","rope":"old","attention":"old"},\#(entries.joined(separator: ","))}"#
        let body = safetensors(header: header, Data(count: 24))
        let metadata = try TensorExchange("/attention", body, TensorExchange.safetensors).file.metadata
        #expect(metadata["format"] == "pt" && metadata["rope"]?.contains("\"dim\":2") == true)
        let plain = try TensorExchange("/attention?rotate=false", body, TensorExchange.safetensors).file.metadata
        #expect(plain["format"] == "pt" && plain["rope"] == "old")
        #expect(plain["attention"] == #"{"causal":false,"scale":0.7071067811865475}"# && plain.count == 3)
    }

    @Test func `other formats have no room for them`() throws {
        let json = exchange("/rope/apply", Self.own, accept: TensorExchange.json)
        #expect(json.response.body == exchange("/rope/apply", "{}", accept: TensorExchange.json).response.body)
        let npy = exchange("/rope/apply", Self.own, accept: TensorExchange.npy)
        #expect(npy.response.body == exchange("/rope/apply", "{}", accept: TensorExchange.npy).response.body)
    }

    @Test func `metadata count as bytes of the answer`() {
        var configuration = Service.Configuration()
        configuration.limits.maxBufferedBytes = 20_000
        let long = String(repeating: "a", count: 9_500)
        let file = safetensors(header: #"{"__metadata__":{"a":"\#(long)"},\#(Self.x)}"#, Data(count: 8))
        let service = Service(configuration, logger: .silent)
        #expect(TensorExchange("/rope/apply", file, TensorExchange.safetensors, by: service).summary == "200")
        let twice = safetensors(header: #"{"__metadata__":{"a":"\#(long)","b":"\#(long)"},\#(Self.x)}"#, Data(count: 8))
        #expect(
            TensorExchange("/rope/apply", twice, TensorExchange.safetensors, by: service).summary == "answer-too-large")
    }
}
