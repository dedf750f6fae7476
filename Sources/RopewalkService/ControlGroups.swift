import FoundationEssentials

/// What the control groups of this process allow it, of version 1 or 2: in a container, its limits.
///
/// A group is bounded by those above it as well, so that the smallest number counts.
package struct ControlGroups: Sendable, Equatable {
    /// In bytes; nil where no group limits memory.
    package let memoryLimit: Int?
    /// Processors' worth of time, as in 1.5; nil where no group limits it.
    package let processors: Double?

    /// Reads the groups of this process. `root` stands in for the root of the file system, for tests.
    package init(root: String = "") {
        let groups = Hierarchy.all(root: root)
        memoryLimit = groups.flatMap { $0.values(Self.memoryLimit) }.min()
        processors = groups.flatMap { $0.values(Self.processors) }.min()
    }

    private static func memoryLimit(_ file: (String) -> String?) -> Int? {
        // "max" in version 2; in version 1 the largest multiple of a page that is an Int.
        let mostBytes = 1 << 60
        for name in ["memory.max", "memory.limit_in_bytes"] {
            if let bytes = file(name).flatMap({ Int($0) }), (1..<mostBytes).contains(bytes) { return bytes }
        }
        return nil
    }

    private static func processors(_ file: (String) -> String?) -> Double? {
        // "150000 100000": so many microseconds of each so many; "max" where there is no quota.
        if let both = file("cpu.max")?.split(separator: " "), both.count == 2 {
            return processors(quota: both[0], period: both[1])
        }
        guard let quota = file("cpu.cfs_quota_us"), let period = file("cpu.cfs_period_us") else { return nil }
        return processors(quota: quota[...], period: period[...])
    }

    /// nil where the quota is "max" or, in version 1, -1.
    private static func processors(quota: Substring, period: Substring) -> Double? {
        guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0 else { return nil }
        return quota / period
    }
}

/// One tree of groups, and the place of this process in it.
private struct Hierarchy {
    /// The folder where the tree is mounted.
    let mount: String
    /// The path of the process's group below it: names with slashes between.
    let path: String

    /// What a reader finds in each group from that of the process up to the mounted one.
    func values<Value>(_ read: ((String) -> String?) -> Value?) -> [Value] {
        var names = path.split(separator: "/")
        var values: [Value] = []
        while true {
            let folder = ([mount] + names.map(String.init)).joined(separator: "/")
            if let value = read({ Self.text("\(folder)/\($0)") }) { values.append(value) }
            guard names.popLast() != nil else { return values }
        }
    }

    /// The trees of version 2, and of version 1 those of memory and processors.
    static func all(root: String) -> [Hierarchy] {
        let groups = lines("\(root)/proc/self/cgroup").map {
            // "4:memory:/docker/1f" of version 1, "0::/docker/1f" of version 2.
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }
        return lines("\(root)/proc/self/mountinfo").compactMap { line in
            // "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory": the fourth is the group that is mounted.
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { return nil }
            let controllers = fields[dash + 3].split(separator: ",")
            let group = groups.first { group in
                guard group.count == 3 else { return false }
                switch fields[dash + 1] {
                case "cgroup2": return group[0] == "0" && group[1].isEmpty
                case "cgroup":
                    return group[1].split(separator: ",").contains {
                        ["memory", "cpu"].contains($0) && controllers.contains($0)
                    }
                default: return false
                }
            }
            guard let group else { return nil }
            return Hierarchy(mount: root + fields[4], path: path(of: group[2], below: fields[3]))
        }
    }

    /// The path of a group below the one that is mounted; empty where it is outside, as another namespace shows it.
    private static func path(of group: Substring, below mounted: Substring) -> String {
        let (names, top) = (group.split(separator: "/"), mounted.split(separator: "/"))
        guard names.starts(with: top), !names.contains("..") else { return "" }
        return names.dropFirst(top.count).joined(separator: "/")
    }

    private static func lines(_ path: String) -> [Substring] {
        text(path)?.split(separator: "\n") ?? []
    }

    /// The text of a file without its last line break; nil where there is none to read.
    private static func text(_ path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
