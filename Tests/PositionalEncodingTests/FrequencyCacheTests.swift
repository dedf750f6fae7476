import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import PositionalEncoding

@Suite struct FrequencyCacheTests {
    // MARK: Computed once

    @Test func `a value is computed once when many threads ask at once`() throws {
        let cache = FrequencyCache(maxBytes: 1 << 20)
        let computations = Atomic(0)
        let right = Atomic(0)
        let (key, table) = try entry(base: 7)
        let ended = inThreads(32) { _ in
            let value = cache.value(for: key) {
                computations.add(1, ordering: .relaxed)
                // Long enough for the others to come meanwhile.
                Thread.sleep(forTimeInterval: 0.05)
                return .table(table)
            }
            if value.frequencies == table.inverseFrequencies { right.add(1, ordering: .relaxed) }
        }
        #expect(ended)
        #expect(computations.load(ordering: .relaxed) == 1)
        #expect(right.load(ordering: .relaxed) == 32)
        #expect(cache.statistics.misses == 1)
        #expect(cache.statistics.hits == 31)
    }

    @Test func `what is asked for again is a hit`() throws {
        let cache = FrequencyCache(maxBytes: 1 << 20)
        #expect(try compute(2, in: cache))
        #expect(try !compute(2, in: cache))
        #expect(try compute(3, in: cache))
        let statistics = cache.statistics
        #expect(statistics.entries == 2)
        #expect(statistics.hits == 1)
        #expect(statistics.misses == 2)
        #expect(statistics.evictions == 0)
    }

    // MARK: Bounded

    @Test(arguments: [2000, 10_000, 100_000]) func `bytes never exceed the limit`(limit: Int) throws {
        let engine = RotaryEngine(maxCacheBytes: limit)
        var largest = 0
        for base in 1...20_000 {
            _ = engine.table(for: try RotaryParameters(dimension: 8, base: Double(base)))
            largest = max(largest, engine.cache.statistics.bytes)
        }
        #expect(largest <= limit)
        // And the limit is used: more than the older half of it.
        #expect(largest > limit / 2)
        let statistics = engine.cache.statistics
        #expect(statistics.misses == 20_000)
        #expect(statistics.entries + statistics.evictions == 20_000)
    }

    @Test func `tables and rows are bounded together`() throws {
        let limit = 40_000
        let engine = RotaryEngine(maxCacheBytes: limit)
        let tensor = try Tensor<Double>.vector(Array(repeating: 1, count: 8))
        var largest = 0
        for step in 0..<2000 {
            let parameters = try RotaryParameters(dimension: 8, base: Double(step % 50 + 1))
            _ = engine.rotate(tensor, at: .shared([Double(step * 16)]), by: parameters)
            largest = max(largest, engine.cache.statistics.bytes)
        }
        #expect(largest <= limit)
        #expect(largest > limit / 2)
    }

    @Test func `bytes count what a value holds`() throws {
        let table = FrequencyTable.Key(try RotaryParameters(dimension: 1024), length: nil)
        // 512 frequencies of float64; 16 positions of 512 cosines and 512 sines.
        #expect(FrequencyCache.Key.table(table).bytes >= 512 * 8)
        #expect(FrequencyCache.Key.rows(table, .float32, .forward, block: 0).bytes >= 16 * 1024 * 4)
        #expect(FrequencyCache.Key.rows(table, .float64, .inverse, block: 0).bytes >= 16 * 1024 * 8)
    }

    @Test func `what is used again and again survives a flood of others`() throws {
        let cache = FrequencyCache(maxBytes: 20_000)
        #expect(try compute(1, in: cache))
        var again = 0
        for base in 2...20_000 {
            #expect(try compute(Double(base), in: cache))
            // Half of the limit has room for more than 10 of these.
            if base.isMultiple(of: 10), try compute(1, in: cache) { again += 1 }
        }
        #expect(again == 0)
        #expect(cache.statistics.evictions > 19_000)
    }

    @Test func `what is not used again goes`() throws {
        let cache = FrequencyCache(maxBytes: 20_000)
        for base in 1...1000 { _ = try compute(Double(base), in: cache) }
        #expect(try compute(1, in: cache))
    }

    @Test func `what is larger than half of the limit is computed and not kept`() throws {
        let (key, _) = try entry(base: 2)
        let kept = FrequencyCache(maxBytes: 2 * key.bytes)
        #expect(try compute(2, in: kept))
        #expect(try !compute(2, in: kept))
        #expect(kept.statistics.bytes == key.bytes)
        let tooSmall = FrequencyCache(maxBytes: 2 * key.bytes - 1)
        #expect(try compute(2, in: tooSmall))
        #expect(try compute(2, in: tooSmall))
        #expect(tooSmall.statistics.bytes == 0)
        #expect(tooSmall.statistics.entries == 0)
        #expect(tooSmall.statistics.misses == 2)
    }

    @Test func `what is too large drops nothing that is kept`() throws {
        let (small, _) = try entry(base: 2)
        let cache = FrequencyCache(maxBytes: 2 * small.bytes)
        _ = try compute(2, in: cache)
        let (large, table) = try entry(base: 3, dimension: 64)
        _ = cache.value(for: large) { .table(table) }
        #expect(cache.statistics.entries == 1)
        #expect(try !compute(2, in: cache))
    }

    @Test func `with a limit of 0 everything is computed and nothing kept`() throws {
        let engine = RotaryEngine(maxCacheBytes: 0)
        let vector = try Tensor<Double>.vector([1, 0])
        let parameters = try RotaryParameters(dimension: 2)
        let first = engine.rotate(vector, at: .shared([5]), by: parameters)
        let second = engine.rotate(vector, at: .shared([5]), by: parameters)
        #expect(bits(first.elements) == bits(second.elements))
        #expect(bits(first.elements) == bits(vector.turned(at: 5, by: parameters).elements))
        #expect(engine.cache.statistics.entries == 0)
        #expect(engine.cache.statistics.bytes == 0)
        #expect(engine.cache.statistics.hits == 0)
    }

    // MARK: Without waiting

    @Test func `readers run while another value is computed`() throws {
        let cache = FrequencyCache(maxBytes: 1 << 20)
        _ = try compute(2, in: cache)
        let (slow, slowTable) = try entry(base: 3)
        let (started, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            _ = cache.value(for: slow) {
                started.signal()
                _ = release.wait(timeout: .now() + patience)
                return .table(slowTable)
            }
            ended.signal()
        }
        #expect(started.wait(timeout: .now() + patience) == .success)
        let (known, table) = try entry(base: 2)
        let (new, newTable) = try entry(base: 4)
        let others = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            // What is there, what is not, and the statistics.
            _ = cache.value(for: known) { .table(table) }
            _ = cache.value(for: new) { .table(newTable) }
            _ = cache.statistics
            others.signal()
        }
        // Shorter than the other waits, so that the slow one is still under way.
        #expect(others.wait(timeout: .now() + .seconds(10)) == .success)
        #expect(ended.wait(timeout: .now()) == .timedOut)
        release.signal()
        #expect(ended.wait(timeout: .now() + patience) == .success)
    }

    @Test func `a value that is dropped while it is computed reaches those who wait for it`() throws {
        let (slow, slowTable) = try entry(base: 3)
        let cache = FrequencyCache(maxBytes: 4 * slow.bytes)
        let (started, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let right = Atomic(0)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let value = cache.value(for: slow) {
                started.signal()
                _ = release.wait(timeout: .now() + patience)
                return .table(slowTable)
            }
            if value.frequencies == slowTable.inverseFrequencies { right.add(1, ordering: .relaxed) }
            ended.signal()
        }
        #expect(started.wait(timeout: .now() + patience) == .success)
        for base in 10..<50 { _ = try compute(Double(base), in: cache) }
        release.signal()
        #expect(ended.wait(timeout: .now() + patience) == .success)
        #expect(right.load(ordering: .relaxed) == 1)
        #expect(cache.statistics.bytes <= 4 * slow.bytes)
    }

    @Test(arguments: [0, 5000, 1 << 20], [1, 2] as [UInt64])
    func `many threads with mixed keys get right answers`(limit: Int, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var requests: [RotationRequest] = []
        for _ in 0..<24 { requests.append(try RotationRequest(&random)) }
        let engine = RotaryEngine(maxCacheBytes: limit)
        let wrong = Atomic(0)
        let all = requests
        let ended = inThreads(8) { thread in
            for step in 0..<150 where all[(step * 7 + thread * 5) % all.count].differs(in: engine) {
                wrong.add(1, ordering: .relaxed)
            }
        }
        #expect(ended)
        #expect(wrong.load(ordering: .relaxed) == 0)
        #expect(engine.cache.statistics.bytes <= limit)
    }

    // MARK: Entries

    private func entry(base: Double, dimension: Int = 8) throws -> (FrequencyCache.Key, FrequencyTable) {
        let key = FrequencyTable.Key(try RotaryParameters(dimension: dimension, base: base), length: nil)
        return (.table(key), FrequencyTable(key))
    }

    /// Asks for the table of a base: true where it had to be computed.
    private func compute(_ base: Double, in cache: FrequencyCache) throws -> Bool {
        let key = FrequencyTable.Key(try RotaryParameters(dimension: 8, base: base), length: nil)
        var computed = false
        _ = cache.value(for: .table(key)) {
            computed = true
            return .table(FrequencyTable(key))
        }
        return computed
    }
}

extension FrequencyCache.Value {
    fileprivate var frequencies: [Double]? {
        if case .table(let table) = self { table.inverseFrequencies } else { nil }
    }
}
