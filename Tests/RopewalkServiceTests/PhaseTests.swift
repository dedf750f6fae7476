import Glibc
import MicroHTTP
import TestSupport
import Testing

@testable import RopewalkService

@Suite struct PhaseTests {
    /// 20 000 pairs are worth a thread, one is not.
    @Test(arguments: [
        ("POST", "/rope/apply", 1, false), ("POST", "/rope/apply", 20_000, true),
        ("POST", "/attention", 1, true),
        ("GET", "/frequencies?dim=4", 0, false), ("GET", "/frequencies?dim=4000", 0, true),
        ("HEAD", "/frequencies?dim=4000", 0, true),
    ])
    func `an answer says how long its parts took, which together are less than the whole`(
        _ method: String, _ target: String, _ rows: Int, _ isQueued: Bool
    ) throws {
        let service = try LiveService()
        let tensor = "[\(Array(repeating: "[1,0]", count: rows).joined(separator: ","))]"
        let body =
            target == "/attention"
            ? #"{"query":\#(tensor),"key":\#(tensor),"value":\#(tensor)}"# : #"{"x":\#(tensor)}"#
        let response = try RawHTTPClient.once(port: service.port, method, target, body: rows > 0 ? body : nil)
        let times = try #require(ServerTiming(response["Server-Timing"]))
        let parts = ["decode"] + (isQueued ? ["queue"] : []) + ["compute", "encode"]
        #expect(response.status == 200 && times.names == parts + ["total"])
        // Each is rounded to a thousandth, up or down.
        let sum = parts.compactMap { times[$0] }.reduce(0, +)
        #expect(sum > 0 && sum <= (times["total"] ?? 0) + 0.0005 * Double(parts.count + 1))
    }

    @Test(arguments: [("/livez", 200), ("/nothing", 404), ("/frequencies?dim=3", 422), ("/rope/apply", 405)])
    func `an answer without parts says how long it took`(_ target: String, _ status: Int) throws {
        let response = try LiveService().get(target)
        #expect(response.status == status && ServerTiming(response["Server-Timing"])?.names == ["total"])
    }

    @Test func `a clock adds up what ends twice, and leaves out what is before a restart`() throws {
        var clock = PhaseClock()
        usleep(2_000)
        clock.end(.decode)
        let once = try #require(clock.phases[.decode])
        usleep(2_000)
        clock.end(.decode)
        let twice = try #require(clock.phases[.decode])
        #expect(once >= 0.002 && twice >= once + 0.002)
        usleep(50_000)
        clock.restart()
        clock.end(.compute)
        // Fifty milliseconds are left out; what is left is two looks at a clock, and a switch to another thread at worst.
        let compute = try #require(clock.phases[.compute])
        #expect(compute < 0.05 && clock.phases[.encode] == nil)
    }
}
