import Testing

@testable import MicroHTTP

@Suite struct PaceTests {
    /// What looks after so many seconds find, where so many bytes have moved by then: 10 s and 100 bytes a second are allowed.
    private func findings(_ looks: [(seconds: Double, count: Int)]) -> [Bool] {
        var pace = Pace(since: Moment(nanoseconds: 0), count: 7)
        var found: [Bool] = []
        for look in looks {
            let now = Moment(nanoseconds: Int(look.seconds * 1e9))
            found.append(
                pace.isOverdue(7 + look.count, now: now, limits: Pace.Limits(seconds: 10, bytesPerSecond: 100)))
        }
        return found
    }

    @Test func `what does not move is overdue after the time, and not before`() {
        #expect(findings([(0.2, 0), (10, 0), (10.1, 0)]) == [false, false, true])
    }

    @Test func `what moved much and then stops is overdue as soon`() {
        #expect(findings([(1, 1_000_000), (11, 1_000_000), (11.1, 1_000_000)]) == [false, false, true])
    }

    @Test(arguments: [(99, true), (101, false)])
    func `what moves all the time is overdue where it is too slow, and only there`(rate: Int, isCut: Bool) {
        let looks = (1...5_000).map { (seconds: Double($0), count: $0 * rate) }
        #expect(findings(looks).contains(true) == isCut)
    }
}
