/// The median of the times, in milliseconds, that each body takes when they take turns: what else the machine does disturbs
/// all of them alike.
func medianMilliseconds(rounds: Int, _ bodies: [() throws -> Void]) throws -> [Double] {
    let clock = ContinuousClock()
    var times = bodies.map { _ in [Double]() }
    for body in bodies { try body() }
    for _ in 0..<rounds {
        for (place, body) in bodies.enumerated() { times[place].append(try clock.measure(body) / .milliseconds(1)) }
    }
    return times.map { $0.sorted()[$0.count / 2] }
}

func rounded(_ value: Double) -> Double {
    (value * 1_000).rounded() / 1_000
}
