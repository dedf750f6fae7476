/// 10^q for q from −342 to 324: its first 128 bits, rounded down where q is positive and up where it is negative.
///
/// Exact for q from 0 to 55. The halves are tables of their own, for float32 seldom needs the second one; the compiler lays
/// them out as constants, so nothing is made at the start or asked for at a use.
enum PowersOfTen {
    /// The first 64 bits, which are rounded down for every q.
    @inline(__always)
    static func high(_ exponent: Int) -> UInt64 {
        assert((-342...324).contains(exponent))
        return unsafe highs[unchecked: exponent &+ 342]
    }

    /// The 64 bits after them.
    @inline(__always)
    static func low(_ exponent: Int) -> UInt64 {
        assert((-342...324).contains(exponent))
        return unsafe lows[unchecked: exponent &+ 342]
    }

    /// ⌊log₂ 10^q⌋
    @inline(__always)
    static func log2(_ exponent: Int) -> Int {
        (exponent &* 1_741_647) &>> 19
    }

    /// 10^n for n from 0 to 19.
    @inline(__always)
    static func whole(_ exponent: Int) -> UInt64 {
        assert((0...19).contains(exponent))
        return unsafe wholes[unchecked: exponent]
    }

    private static let wholes: InlineArray<20, UInt64> = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]
}
