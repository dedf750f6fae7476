import TensorCoding

/// What a number costs, on one thread.
enum NumberTiming {
    private static let rowLength = 20_000
    private static let rows = 25
    private static let rounds = 21

    /// Prints the least and the median of some rounds: they are apart where the machine has other work.
    static func run() {
        let floats = (0..<rows).map { _ in (0..<rowLength).map { _ in Float(Double.random(in: -4..<4)) } }
        let doubles = (0..<rows).map { _ in (0..<rowLength).map { _ in Double.random(in: -4..<4) } }
        time("float32", floats, write: NumberRow.text, read: { NumberRow.floats($0, alone: false) })
        time("float64", doubles, write: NumberRow.text, read: { NumberRow.doubles($0, alone: false) })
    }

    private static func time<Scalar>(
        _ name: String, _ rows: [[Scalar]], write: ([Scalar]) -> [UInt8], read: ([UInt8]) -> [Scalar]
    ) {
        let texts = rows.map(write)
        let writing = times { rows.reduce(0) { $0 + write($1).count } }
        let reading = times { texts.reduce(0) { $0 + read($1).count } }
        let bytes = Double(texts.reduce(0) { $0 + $1.count }) / Double(rowLength * rows.count)
        print("\(name) in [-4, 4): \(writing) written, \(reading) read, \(tenths(bytes)) bytes with a comma")
    }

    /// Nanoseconds for one number of all rows.
    private static func times(_ body: () -> Int) -> String {
        let clock = ContinuousClock()
        var times: [Double] = []
        for _ in 0..<rounds {
            let time = clock.measure { precondition(body() > 0) }
            times.append(time / .nanoseconds(1) / Double(rowLength * rows))
        }
        times.sort()
        return "\(tenths(times[0])) ns (median \(tenths(times[rounds / 2])))"
    }

    private static func tenths(_ value: Double) -> Double {
        (value * 10).rounded() / 10
    }
}
