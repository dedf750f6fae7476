/// How fast bytes move, as far as looks at them now and then show.
///
/// They are overdue where none has moved for `Limits.seconds`, or where all in all they have taken longer than that and a second
/// for each `Limits.bytesPerSecond` that moved.
struct Pace {
    struct Limits {
        let seconds: Int
        let bytesPerSecond: Int
    }

    private let began: Moment
    private let startCount: Int
    private var count: Int
    private var lastMoved: Moment

    /// `count` bytes had moved when it began.
    init(since began: Moment, count: Int) {
        self.began = began
        startCount = count
        self.count = count
        lastMoved = began
    }

    /// Notes that `count` bytes have moved by now, and answers whether they are overdue.
    mutating func isOverdue(_ count: Int, now: Moment, limits: Limits) -> Bool {
        if count != self.count {
            self.count = count
            lastMoved = now
        }
        let allowed = limits.seconds + (count - startCount) / limits.bytesPerSecond
        return lastMoved.distance(to: now) > Double(limits.seconds) || began.distance(to: now) > Double(allowed)
    }
}
