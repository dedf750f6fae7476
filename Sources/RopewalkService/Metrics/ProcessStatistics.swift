import FoundationEssentials
import Glibc

/// What the kernel says of this process. What /proc does not show is nil.
enum ProcessStatistics {
    /// User and system time of all threads.
    static var cpuSeconds: Double {
        // clock(3) counts microseconds, whatever the machine (POSIX).
        Double(clock()) / 1e6
    }

    static var residentBytes: Int? {
        // Sizes in pages; the second is what is in memory (proc_pid_statm(5)).
        let fields = FileManager.default.contents(atPath: "/proc/self/statm")?.split(separator: UInt8(ascii: " "))
        return fields?.dropFirst().first.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
            .map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
    }

    static var openDescriptors: Int? {
        // Reading the list opens one more.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { $0.count - 1 }
    }
}
