import Dispatch
import MicroHTTP
import Testing

@Suite struct ByteBudgetTests {
    @Test func `a reservation holds its bytes until it goes`() {
        let budget = ByteBudget(limit: 100)
        var first = budget.reserve(60)
        #expect(budget.used == 60 && budget.reserve(41) == nil)
        let second = budget.reserve(40)
        #expect(second != nil && budget.used == 100)
        first = nil
        #expect(first == nil && budget.used == 40)
    }

    @Test func `a reservation grows only into what is free`() throws {
        let budget = ByteBudget(limit: 100)
        let one = try #require(budget.reserve(10))
        let other = try #require(budget.reserve(50))
        #expect(!one.resize(to: 51) && budget.used == 60)
        #expect(one.resize(to: 50) && budget.used == 100)
        #expect(other.resize(to: 1) && budget.used == 51)
        #expect(budget.reserve(.max) == nil)
    }

    @Test func `a part of a budget holds bytes of the whole, and no more than its own`() throws {
        let whole = ByteBudget(limit: 100)
        let part = ByteBudget(limit: 60, partOf: whole)
        #expect(part.reserve(61) == nil && part.used == 0 && whole.used == 0)
        var held = part.reserve(50)
        #expect(held != nil && part.used == 50 && whole.used == 50)
        let other = try #require(whole.reserve(45))
        // The part has room for 10 more, and the whole for 5.
        #expect(held?.resize(to: 60) == false && part.used == 50 && whole.used == 95)
        #expect(held?.resize(to: 55) == true && part.used == 55 && whole.used == 100)
        held = nil
        #expect(part.used == 0 && whole.used == 45)
        withExtendedLifetime(other) {}
    }

    @Test func `many threads together never hold more than there is`() {
        let budget = ByteBudget(limit: 1_000)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<2_000 {
                let reservation = budget.reserve((thread * 131 + round * 17) % 400)
                #expect(budget.used <= 1_000)
                _ = reservation?.resize(to: round % 300)
                #expect(budget.used <= 1_000)
            }
        }
        #expect(budget.used == 0)
    }
}
