import FoundationEssentials

/// How many processors this process may use.
enum Processors {
    /// The cores, or what the control group's quota leaves of them in a container.
    static var usable: Int {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        guard let quota = try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8) else { return cores }
        // "150000 100000": so many µs of processor in each so many; "max" where there is no quota.
        let numbers = quota.split(whereSeparator: \.isWhitespace).map { Double($0) }
        guard numbers.count == 2, let time = numbers[0], let period = numbers[1], period > 0 else { return cores }
        return max(1, min(cores, Int((time / period).rounded(.up))))
    }
}
