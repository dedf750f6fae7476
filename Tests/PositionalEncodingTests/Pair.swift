import Glibc

/// Two elements that turn together, in float64.
struct Pair {
    let first: Double
    let second: Double

    init(_ first: Double, _ second: Double) {
        self.first = first
        self.second = second
    }

    var length: Double { hypot(first, second) }

    func distance(to other: Pair) -> Double { hypot(first - other.first, second - other.second) }

    func dot(_ other: Pair) -> Double { first * other.first + second * other.second }
}
