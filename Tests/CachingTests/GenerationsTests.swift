import Caching
import Testing

/// What clients have computed is kept for as long as there is room, and no longer.
@Suite struct GenerationsTests {
    @Test func `what is asked for stays, and what is not gives way`() {
        var cache = Generations<Int, Int>(maxBytes: 100)
        for key in 0..<1_000 {
            var dropped = Generations<Int, Int>.Dropped()
            cache.keep(key, for: key, bytes: 10, &dropped)
            #expect(cache.value(for: 0, &dropped) == 0)
            #expect(cache.statistics.bytes <= 100 && cache.statistics.bytes == cache.statistics.entries * 10)
        }
        let end = cache.statistics
        #expect(end.hits == 1_000 && end.misses == 0)
        #expect(end.evictions == 1_000 - end.entries && end.entries > 5)
        var dropped = Generations<Int, Int>.Dropped()
        #expect(cache.value(for: 1, &dropped) == nil)
        #expect(cache.statistics.misses == 1)
    }

    @Test func `of two values for a key the first is kept, also where it is old`() {
        var cache = Generations<String, Int>(maxBytes: 20)
        var dropped = Generations<String, Int>.Dropped()
        cache.keep(1, for: "a", bytes: 10, &dropped)
        cache.keep(2, for: "a", bytes: 10, &dropped)
        cache.keep(3, for: "b", bytes: 10, &dropped)
        cache.keep(4, for: "a", bytes: 10, &dropped)
        #expect(cache.statistics == .init(entries: 2, bytes: 20))
        #expect(cache.value(for: "a", &dropped) == 1)
    }

    @Test func `what is larger than half the limit is not kept`() {
        var cache = Generations<Int, Int>(maxBytes: 21)
        var dropped = Generations<Int, Int>.Dropped()
        cache.keep(1, for: 1, bytes: 11, &dropped)
        cache.keep(2, for: 2, bytes: 10, &dropped)
        #expect(cache.statistics == .init(entries: 1, bytes: 10))
    }

    @Test func `what gives way is freed with what it was dropped into`() {
        final class Guest {
            let leave: () -> Void
            init(_ leave: @escaping () -> Void) { self.leave = leave }
            deinit { leave() }
        }
        var gone = 0
        var cache = Generations<Int, Guest>(maxBytes: 2)
        do {
            var dropped = Generations<Int, Guest>.Dropped()
            for key in 0..<3 { cache.keep(Guest { gone += 1 }, for: key, bytes: 1, &dropped) }
            #expect(gone == 0 && cache.statistics.evictions == 1)
        }
        #expect(gone == 1)
    }
}
