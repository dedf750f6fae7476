import FoundationEssentials
import RopewalkService

/// How many processors this process may use.
enum Processors {
    /// The processors of its affinity, or as many as its control groups' quota of processor time fills.
    static func usable(in groups: ControlGroups) -> Int {
        let quota = groups.processors.map { Int(min($0.rounded(.up), 1_024)) } ?? .max
        return max(1, min(inAffinity ?? ProcessInfo.processInfo.activeProcessorCount, quota, 1_024))
    }

    /// The processors that the scheduler may run this process on, such as `taskset` sets; nil where the system does not say.
    private static var inAffinity: Int? {
        // "Cpus_allowed_list:	0-3,8". Swift does not import sched_getaffinity.
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed_list:") }),
            let list = line.split(whereSeparator: \.isWhitespace).last
        else { return nil }
        return list.split(separator: ",").reduce(0) { count, range in
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, last >= first, last < 1 << 20 else { return count }
            return count + last - first + 1
        }
    }
}
