import Caching
import Testing

/// What was made last is kept for who asks for it again.
@Suite struct RecentTests {
    private struct Refusal: Error {}

    @Test func `what was made is not made again`() {
        let recent = Recent<Int, String>()
        #expect(recent.value(for: 1) { "one" } == "one")
        #expect(recent.value(for: 2) { "two" } == "two")
        #expect(recent.value(for: 1) { "another" } == "one")
    }

    @Test func `the oldest of more than sixteen gives way, and no other`() {
        let recent = Recent<Int, Int>()
        for key in 0...16 { _ = recent.value(for: key) { key } }
        for key in 1...16 { #expect(recent.value(for: key) { -1 } == key) }
        #expect(recent.value(for: 0) { -1 } == -1)
        #expect(recent.value(for: 1) { -1 } == -1)
    }

    @Test func `what cannot be made is not kept`() {
        let recent = Recent<Int, Int>()
        #expect(throws: Refusal.self) { _ = try recent.value(for: 1) { () throws(Refusal) in throw Refusal() } }
        #expect(recent.value(for: 1) { 3 } == 3)
    }
}
