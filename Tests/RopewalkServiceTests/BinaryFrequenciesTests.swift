import FoundationEssentials
import TensorCoding
import TestSupport
import Testing

@testable import RopewalkService

/// Ladders in the formats of numpy and safetensors.
@Suite struct BinaryFrequenciesTests {
    private static let ladder = "/frequencies?dim=8&rope_type=linear&factor=3"

    private struct Numbers: Decodable {
        let inv_freq: [Double]
        let wavelengths: [Double?]
        let cos: [[Double]]?
        let sin: [[Double]]?
        let positions: [Double]?
    }

    private func numbers(_ target: String) throws -> Numbers {
        try JSONDecoder().decode(Numbers.self, from: answering("GET", target).body)
    }

    private func doubles(_ tensor: TensorBytes?) throws -> [Double] {
        try #require(tensor).withDoubles { span in span.indices.map { span[$0] } }
    }

    @Test func `a .npy holds the inverse frequencies, with all their bits`() throws {
        for response in [
            answering("GET", Self.ladder + "&format=npy"), answering("GET", Self.ladder, accept: "application/x-npy"),
        ] {
            #expect(response.status == 200 && response.headers["Content-Type"] == "application/x-npy")
            let tensor = try NPYReader.read(response.body)
            let (form, numbers) = (try StoredShape(.float64, [4]), try doubles(tensor))
            let expected = try self.numbers(Self.ladder).inv_freq
            #expect(tensor.form == form && numbers == expected)
            #expect(response.headers["Ropewalk-Rope"]?.contains(#""rope_type":"linear""#) == true)
            #expect(response.headers.count(of: "Vary") == 1 && response.headers["Vary"] == "Accept")
        }
    }

    @Test(arguments: ["", "&positions=0,1,-0.5"])
    func `safetensors holds all that is asked for`(_ positions: String) throws {
        let target = Self.ladder + positions
        let response = answering("GET", target, accept: "application/vnd.safetensors")
        #expect(response.status == 200 && response.headers["Content-Type"] == "application/vnd.safetensors")
        let file = try SafetensorsFile(response.body)
        let json = try numbers(target)
        let (ladder, wavelengths) = (try doubles(file["inv_freq"]), try doubles(file["wavelengths"]))
        #expect(ladder == json.inv_freq && wavelengths == json.wavelengths)
        #expect(file.metadata["rope"]?.contains(#""rope_type":"linear""#) == true)
        guard !positions.isEmpty else {
            #expect(file.tensors.count == 2)
            return
        }
        let form = try StoredShape(.float64, [3, 4])
        #expect(file.tensors.count == 5 && file["cos"]?.form == form)
        let (cosines, sines) = (try doubles(file["cos"]), try doubles(file["sin"]))
        #expect(cosines == json.cos?.flatMap(\.self) && sines == json.sin?.flatMap(\.self))
        let asked = try doubles(file["positions"])
        #expect(asked == json.positions)
    }

    @Test func `a pair that does not turn has an infinite wavelength, and warnings stand in the metadata`() throws {
        let target = "/frequencies?dim=4&rope_type=proportional&partial_rotary_factor=0.5&seq_len=8&format=safetensors"
        let file = try SafetensorsFile(answering("GET", target).body)
        let wavelengths = try doubles(file["wavelengths"])
        #expect(wavelengths[1] == .infinity)
        #expect(file.metadata["warnings"]?.contains("seq_len has no effect") == true)
    }

    @Test func `several tensors are no .npy`() throws {
        let service = try LiveService()
        for (query, accept) in [("&format=npy", "*/*"), ("", "application/x-npy")] {
            let response = try service.get("/frequencies?dim=4&positions=0:2" + query, headers: ["Accept": accept])
            #expect(response.status == 406 && response.text.contains("several tensors"), "\(response.text)")
        }
        let both = ["Accept": "application/x-npy, text/csv;q=0.5"]
        #expect(try service.get("/frequencies?dim=4", headers: both)["Content-Type"] == "application/x-npy")
        let table = try service.get("/frequencies?dim=4&positions=0:2", headers: both)
        #expect(table["Content-Type"] == "text/csv; charset=utf-8")
        #expect(try service.get("/frequencies?dim=4", headers: ["Accept": "application/octet-stream"]).status == 406)
    }

    @Test func `each representation has a tag of its own`() throws {
        let service = try LiveService()
        let types = FrequenciesFormat.allCases.map(\.mediaType)
        let tags = try types.map { try service.get("/frequencies?dim=4", headers: ["Accept": $0])["ETag"] ?? "" }
        #expect(Set(tags).count == types.count)
        for (type, tag) in zip(types, tags) {
            let again = try service.get("/frequencies?dim=4", headers: ["Accept": type, "If-None-Match": tag])
            #expect(again.status == 304 && again["ETag"] == tag)
        }
    }
}
