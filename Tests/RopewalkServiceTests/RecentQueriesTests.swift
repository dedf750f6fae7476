import FoundationEssentials
import PositionalEncoding
import TensorCoding
import TestSupport
import Testing

@testable import RopewalkService

/// A query that was read before is not read again, and nobody can tell.
@Suite struct RecentQueriesTests {
    private let service = Service(Service.Configuration(), logger: .silent)

    private func answer(_ target: String, _ type: String = "application/octet-stream") -> (status: Int, body: Data) {
        let floats: [Float] = [1, 0, 0, 1]
        let body = floats.withUnsafeBytes { Data($0) }
        let response = answering("POST", target, body: body, type: type, by: service)
        return (response.status, response.body)
    }

    @Test func `equal queries get equal answers, and others their own`() {
        let form = "shape=2,2&dtype=float32"
        let one = answer("/rope/apply?\(form)&offset=1")
        let two = answer("/rope/apply?\(form)&offset=2")
        #expect(one.status == 200 && two.status == 200 && one.body != two.body)
        for offset in 3..<20 { #expect(answer("/rope/apply?\(form)&offset=\(offset)").body != one.body) }
        #expect(answer("/rope/apply?\(form)&offset=1").body == one.body)
        #expect(answer("/rope/apply?\(form)&offset=2").body == two.body)
    }

    @Test func `what one route knows, another still refuses`() {
        let query = "shape=2,2&dtype=float32&by=1"
        #expect(answer("/rope/shift?\(query)").status == 200)
        #expect(answer("/rope/apply?\(query)").status == 422)
        #expect(answer("/rope/shift?\(query)").status == 200)
        #expect(answer("/rope/convert?\(query)").status == 422)
    }

    @Test func `what one format knows, another still refuses`() throws {
        let query = "shape=2,2&dtype=float32"
        #expect(answer("/rope/apply?\(query)").status == 200)
        #expect(answer("/rope/apply?\(query)", "application/x-npy").status == 422)
    }

    @Test func `a query that cannot be is refused each time`() {
        for _ in 0..<3 {
            #expect(answer("/rope/apply?shape=2,2&dtype=float32&base=0").status == 422)
            #expect(answer("/rope/apply?shape=2,2&dtype=float32&bsae=1").status == 422)
            #expect(answer("/rope/apply?shape=2,2&shape=2,2").status == 422)
        }
    }
}
