/// The least of the times, in milliseconds, that each body takes when they take turns: what else the machine does disturbs
/// all of them alike.
func leastMilliseconds(rounds: Int, _ bodies: [() throws -> Void]) throws -> [Double] {
    let clock = ContinuousClock()
    var least = Array(repeating: Double.infinity, count: bodies.count)
    for _ in 0..<rounds {
        for (place, body) in bodies.enumerated() {
            least[place] = min(least[place], try clock.measure(body) / .milliseconds(1))
        }
    }
    return least
}

func rounded(_ value: Double) -> Double {
    (value * 1_000).rounded() / 1_000
}
