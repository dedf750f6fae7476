import FoundationEssentials
import Glibc
import TensorCoding
import TestSupport
import Testing

@testable import MicroHTTP
@testable import RopewalkService

@Suite struct LimitsTests {
    @Test func `without a memory limit the defaults are those of the flags, and the budget is for all`() {
        let limits = Limits(memoryLimit: nil, computeThreads: 8)
        #expect(limits == Limits())
        #expect(limits.maxHeldBodyBytes == limits.maxBufferedBytes)
        #expect(limits.keptLargeBytes == 256 << 20 && limits.keptPieceBytes == 4 << 20)
    }

    @Test(arguments: [64 << 20, 128 << 20, 256 << 20, 512 << 20, 1 << 30, 1 << 40], [1, 2, 4])
    func `the parts of a memory limit fit into it`(_ memory: Int, _ threads: Int) {
        let limits = Limits(memoryLimit: memory, computeThreads: threads)
        let standard = Limits()
        let process = 32 << 20 + threads * (2 << 20)
        #expect(limits.maxBufferedBytes + limits.maxCacheBytes + process <= memory)
        #expect(limits.maxBufferedBytes > 0 && limits.maxBufferedBytes <= 2 * standard.maxBufferedBytes)
        #expect(limits.maxBodyBytes <= limits.maxHeldBodyBytes && limits.maxHeldBodyBytes <= limits.maxBufferedBytes)
        #expect(limits.maxCacheBytes <= standard.maxCacheBytes && limits.keptLargeBytes <= memory / 8)
    }

    @Test func `in 256 MiB a body of 64 MB has room, and in a tebibyte the defaults hold`() {
        #expect(Limits(memoryLimit: 256 << 20, computeThreads: 2).maxBodyBytes >= 64_000_000)
        var large = Limits(memoryLimit: 1 << 40, computeThreads: 2)
        large.memoryLimit = nil
        #expect(large == Limits())
        // The most that two threads can take at those defaults.
        let most = 36 << 20 + 64 << 20 + 512 << 20 + 2 * 10 * (128 << 20)
        #expect(!Limits(memoryLimit: most, computeThreads: 2).isMemoryScarce)
        #expect(Limits(memoryLimit: most - 1, computeThreads: 2).isMemoryScarce)
    }

    @Test(arguments: [1, 1 << 20, 30 << 20])
    func `a memory limit that is too small for the process leaves something all the same`(_ memory: Int) {
        let limits = Limits(memoryLimit: memory, computeThreads: 1_024)
        #expect(limits.maxBufferedBytes >= 0 && limits.maxBodyBytes <= limits.maxBufferedBytes)
    }

    @Test func `info has the memory limit where there is one`() throws {
        let limited = try LiveService { $0.limits = Limits(memoryLimit: 256 << 20, computeThreads: 2) }.get("/info")
            .text
        #expect(limited.contains(#""memory_limit":268435456,"#))
        #expect(
            limited.contains(
                #""max_buffered_bytes":\#(Limits(memoryLimit: 256 << 20, computeThreads: 2).maxBufferedBytes),"#))
        #expect(!(try LiveService().get("/info").text.contains("memory_limit")))
    }

    // MARK: Memory that is decoded into

    private func need(_ body: String, _ rotatingCopies: Bool = false) -> (bytes: Int, answer: Int) {
        WorkingMemory.need(of: Data(body.utf8), rotatingCopies: rotatingCopies)
    }

    @Test func `elements of JSON are counted by their commas`() {
        #expect(need(#"{"x":[1,2,3]}"#) == (24, 60))
        #expect(need(#"{"x":[1,2,3]}"#, true) == (24, 0))
        #expect(need(#" {"dtype":"float64","x":[1,2]}"#).bytes == 60)
        let base64 = #"{"x":{"shape":[1],"base64":"\#(String(repeating: "A", count: 4_000))"}}"#
        #expect(need(base64).bytes >= 9_000 - 200)
    }

    @Test func `a binary body takes more where its operands are rotated, of halves most`() {
        let file = Data([16, 0, 0, 0, 0, 0, 0, 0]) + Data(#"{"q":{"F32":0}}"#.utf8)
        let halves = Data([16, 0, 0, 0, 0, 0, 0, 0]) + Data(#"{"q":{"BF16":0}"#.utf8)
        #expect(WorkingMemory.need(of: file, rotatingCopies: false) == (0, 0))
        #expect(WorkingMemory.need(of: file, rotatingCopies: true) == (file.count, 0))
        #expect(WorkingMemory.need(of: halves, rotatingCopies: true) == (4 * halves.count, 0))
        // A header of 0x207B bytes begins like JSON.
        let brace = Data([0x7B, 0x20, 0, 0, 0, 0, 0, 0]) + Data(repeating: UInt8(ascii: ","), count: 100)
        #expect(WorkingMemory.need(of: brace, rotatingCopies: false) == (0, 0))
        #expect(WorkingMemory.need(of: Data(), rotatingCopies: false).bytes == 0)
    }

    private static let manyNumbers = #"{"x":[\#(Array(repeating: "0", count: 40_000).joined(separator: ","))]}"#

    @Test func `a body that cannot be decoded and answered within limited memory is 413, and the flag is named`() throws
    {
        let service = try LiveService {
            $0.limits.isMemoryScarce = true
            $0.limits.maxBufferedBytes = 1_000_000
        }
        let refused = try ProblemDocument(service.apply(Self.manyNumbers))
        #expect(refused.status == 413 && refused.detail.contains("--max-buffered-bytes is 1000000"), "\(refused)")
        #expect(try service.apply(#"{"x":[1,0]}"#).status == 200)
        #expect(try LiveService { $0.limits.maxBufferedBytes = 1_000_000 }.apply(Self.manyNumbers).status == 200)
    }

    @Test func `memory that is decoded into is held, and given back`() throws {
        let service = try LiveService {
            $0.limits.isMemoryScarce = true
            $0.limits.maxBufferedBytes = 3_000_000
        }
        for _ in 0..<3 { #expect(try service.apply(Self.manyNumbers).status == 200) }
        for _ in 0..<1_000 where service.service.budget.used > 0 { usleep(5_000) }
        #expect(service.service.budget.used == 0)
        // The rest of the budget is not enough while something else holds it.
        let other = try #require(service.service.budget.reserve(2_800_000))
        let busy = try service.apply(Self.manyNumbers)
        #expect(busy.status == 503 && busy["Retry-After"] == "1")
        #expect(try ProblemDocument(busy).summary == "busy")
        withExtendedLifetime(other) {}
    }

    // MARK: The system's memory

    @Test func `memory that the system does not have is no full budget`() throws {
        let service = try LiveService {
            $0.limits.maxBodyBytes = 1 << 48
            $0.limits.maxBufferedBytes = 1 << 48
        }
        let client = try RawHTTPClient(port: service.port)
        try client.send("POST /rope/apply HTTP/1.1\r\nHost: a\r\nContent-Length: \(1 << 47)\r\n\r\n")
        let refused = try client.response()
        #expect(refused.status == 503 && refused["Retry-After"] == "1")
        let problem = try ProblemDocument(refused)
        #expect(problem.summary == "out-of-memory" && problem.detail.contains("\(1 << 47) bytes"))
        _ = try service.metrics { page in
            page.value("ropewalk_rejected_requests_total", ["reason": "out-of-memory"]) == 1
        }
    }

    @Test func `an answer for which there is no memory is a 503 as well`() {
        #expect(Problem(OutOfMemory()).kind == .outOfMemory)
        #expect(Problem(HTTPFailure.outOfMemory(asked: 7)).kind.status == 503)
    }
}
