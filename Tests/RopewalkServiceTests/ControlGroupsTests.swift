import Foundation
import Testing

@testable import RopewalkService

@Suite struct ControlGroupsTests {
    /// A file system with these files, gone after the test.
    private func groups(_ files: [String: String]) throws -> ControlGroups {
        let root = URL(filePath: NSTemporaryDirectory()).appending(path: "groups-\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: false, encoding: .utf8)
        }
        return ControlGroups(root: root.path)
    }

    private static let version2 = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
    private static let memory1 = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    private static let cpu1 = "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"

    @Test func `in a container of version 2 its own group, which is mounted, has the limits`() throws {
        let found = try groups([
            "proc/self/cgroup": "0::/\n", "proc/self/mountinfo": Self.version2,
            "sys/fs/cgroup/memory.max": "268435456\n", "sys/fs/cgroup/cpu.max": "150000 100000\n",
        ])
        #expect(found.memoryLimit == 268_435_456 && found.processors == 1.5)
    }

    @Test func `of a group and those above it the smallest limit counts`() throws {
        var files = [
            "proc/self/cgroup": "0::/kubepods/pod1/c1\n", "proc/self/mountinfo": Self.version2,
            "sys/fs/cgroup/kubepods/memory.max": "max\n", "sys/fs/cgroup/kubepods/cpu.max": "max 100000\n",
            "sys/fs/cgroup/kubepods/pod1/memory.max": "1000000\n",
            "sys/fs/cgroup/kubepods/pod1/cpu.max": "50000 100000\n",
            "sys/fs/cgroup/kubepods/pod1/c1/memory.max": "2000000\n",
            "sys/fs/cgroup/kubepods/pod1/c1/cpu.max": "400000 100000\n",
        ]
        #expect(try groups(files).memoryLimit == 1_000_000)
        #expect(try groups(files).processors == 0.5)
        files["sys/fs/cgroup/kubepods/pod1/c1/memory.max"] = "3000\n"
        #expect(try groups(files).memoryLimit == 3_000)
        // A limit of a group that this process is not in is none of its own.
        files["proc/self/cgroup"] = "0::/kubepods\n"
        #expect(try groups(files) == groups([:]))
    }

    @Test func `limits of version 1 are read from the trees of memory and processors`() throws {
        let found = try groups([
            "proc/self/cgroup": "5:cpu,cpuacct:/a\n4:memory:/a/b\n0::/elsewhere\n",
            "proc/self/mountinfo": Self.memory1 + Self.cpu1,
            "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "700000\n",
            "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "250000\n",
            "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ])
        #expect(found.memoryLimit == 700_000 && found.processors == 2.5)
    }

    @Test func `a path that begins above the mounted group is read from there on`() throws {
        let mounted = "35 31 0:32 /docker/1f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
        for path in ["/docker/1f", "/docker/1f/sub", "/docker/other", "/../../user.slice"] {
            let found = try groups([
                "proc/self/cgroup": "4:memory:\(path)\n", "proc/self/mountinfo": mounted,
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "5000\n",
            ])
            #expect(found.memoryLimit == 5_000, "\(path)")
        }
    }

    @Test(arguments: [
        "max", "", "0", "-1", "9223372036854771712", "9223372036854775807", "99999999999999999999", "much",
    ])
    func `what is no limit limits nothing`(_ text: String) throws {
        let found = try groups([
            "proc/self/cgroup": "0::/\n", "proc/self/mountinfo": Self.version2, "sys/fs/cgroup/memory.max": text + "\n",
            "sys/fs/cgroup/cpu.max": "\(text) 100000\n",
        ])
        #expect(found.memoryLimit == nil)
        #expect(["max", "", "0", "-1", "much"].contains(text) == (found.processors == nil))
    }

    @Test func `without control groups, and where their files are not what they should be, nothing is limited`() throws
    {
        for text in ["", "x", "0", "::", "1:memory", "- cgroup2 a b", "1 2 3 4 5 6 - cgroup2"] {
            let found = try groups(["proc/self/cgroup": text, "proc/self/mountinfo": text])
            #expect(found.memoryLimit == nil && found.processors == nil, "\(text)")
        }
    }
}
