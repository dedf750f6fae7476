import Glibc

/// Cases of one subject, of which each round runs all: what else the machine does falls on all alike.
struct Comparison {
    struct Case {
        let name: String
        let body: () -> Void
    }

    /// What stands in every line, such as the shape: keys and values in JSON.
    let about: [(key: String, json: String)]
    let rounds: Int
    /// The others are held against the first.
    let cases: [Case]

    /// Prints for each case the least and the median of its times, and the median of its rounds' ratios to the first case.
    func run() {
        // So that memory is there and caches are full.
        for test in cases { test.body() }
        var times = cases.map { _ in [Double]() }
        for _ in 0..<rounds {
            for (index, test) in cases.enumerated() {
                let start = Self.milliseconds()
                test.body()
                times[index].append(Self.milliseconds() - start)
            }
        }
        for (index, test) in cases.enumerated() {
            let ratios = zip(times[index], times[0]).map { $0 / $1 }
            let fields =
                about + [
                    ("case", "\"\(test.name)\""), ("rounds", "\(rounds)"),
                    ("min_ms", "\(Self.rounded(times[index].min() ?? 0))"),
                    ("median_ms", "\(Self.rounded(Self.median(times[index])))"),
                    ("min_ratio", "\(Self.rounded((times[index].min() ?? 0) / (times[0].min() ?? 1)))"),
                    ("median_ratio", "\(Self.rounded(Self.median(ratios)))"),
                ]
            print("{\(fields.map { "\"\($0.key)\":\($0.json)" }.joined(separator: ","))}")
        }
    }

    /// Of this thread: what others take of the processor does not count.
    private static func milliseconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
    }

    private static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 1000).rounded() / 1000
    }
}
