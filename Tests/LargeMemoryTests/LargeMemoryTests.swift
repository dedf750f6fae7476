import Testing

@testable import LargeMemory

@Suite struct LargeMemoryTests {
    private struct NoMemory: Error {}

    private static let page = 2 << 20

    @Test(arguments: [0, 1, 63, 4_096, 8 << 20 - 1, 8 << 20, 8 << 20 + 1, 20_000_000])
    func `a block has as many bytes as asked for, from a multiple of 64 on, and they can be written`(count: Int) throws
    {
        // A value that cannot be copied is no argument of #require.
        guard let block = MemoryBlock(count: count) else { throw NoMemory() }
        #expect(unsafe block.bytes.count == count)
        #expect(unsafe Int(bitPattern: block.bytes.baseAddress) % 64 == 0)
        for index in stride(from: 0, to: count, by: 4_096) { unsafe block.bytes[index] = 7 }
        if count > 0 { unsafe block.bytes[count - 1] = 7 }
        #expect(stride(from: 0, to: count, by: 4_096).allSatisfy { unsafe block.bytes[$0] == 7 })
    }

    @Test(arguments: [Int.max, .max - 64, .max - 2 * page, 1 << 60])
    func `more memory than there is is nil`(count: Int) {
        let isThere = if MemoryBlock(count: count) != nil { true } else { false }
        #expect(!isThere)
    }

    @Test func `a region is of whole large pages`() throws {
        for count in [1, Self.page, Self.page + 1, 3 * Self.page] {
            let region = try #require(MemoryRegion(count: count))
            #expect(region.count == (count + Self.page - 1) / Self.page * Self.page)
            #expect(unsafe Int(bitPattern: region.bytes.baseAddress) % Self.page == 0)
        }
    }

    @Test func `what was kept is taken again, the smallest that fits and is not twice too large`() throws {
        let kept = KeptMemory(mostBytes: 100 * Self.page)
        let regions = try [8, 4, 6].map { try #require(MemoryRegion(count: $0 * Self.page)) }
        #expect(kept.take(Self.page) == nil)
        for region in regions { kept.keep(region) }
        #expect(kept.take(8 * Self.page + 1) == nil && kept.take(2 * Self.page - 1) == nil)
        #expect(kept.take(5 * Self.page) === regions[2])
        #expect(kept.take(5 * Self.page) === regions[0])
        #expect(kept.take(5 * Self.page) == nil)
        #expect(kept.take(2 * Self.page) === regions[1])
    }

    @Test func `of too much the oldest go`() throws {
        let kept = KeptMemory(mostBytes: 5 * Self.page)
        weak var oldest: MemoryRegion?
        for count in [2, 3, 2] {
            let region = try #require(MemoryRegion(count: count * Self.page))
            if count == 2, oldest == nil { oldest = region }
            kept.keep(region)
        }
        #expect(oldest == nil)
        // One that is too much alone makes none go.
        kept.keep(try #require(MemoryRegion(count: 6 * Self.page)))
        #expect(kept.take(6 * Self.page) == nil && kept.take(3 * Self.page) != nil && kept.take(2 * Self.page) != nil)
    }

    @Test func `a lower limit holds for what is kept next`() throws {
        let kept = KeptMemory(mostBytes: 5 * Self.page)
        kept.limit(to: 2 * Self.page)
        kept.keep(try #require(MemoryRegion(count: 3 * Self.page)))
        #expect(kept.take(3 * Self.page) == nil)
        kept.keep(try #require(MemoryRegion(count: 2 * Self.page)))
        #expect(kept.take(2 * Self.page) != nil)
    }

    @Test func `a block that is gone leaves its memory to the next, also between threads`() async throws {
        await withTaskGroup(of: Bool.self) { group in
            for seed in UInt8(0)..<8 {
                group.addTask {
                    (0..<20).allSatisfy { _ in
                        guard let block = MemoryBlock(count: 9 << 20) else { return false }
                        let places = stride(from: 0, to: 9 << 20, by: 4_096)
                        for place in places { unsafe block.bytes[place] = seed }
                        return places.allSatisfy { place in unsafe block.bytes[place] == seed }
                    }
                }
            }
            for await isWhole in group { #expect(isWhole) }
        }
    }
}
