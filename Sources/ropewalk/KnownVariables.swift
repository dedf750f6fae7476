import RopewalkService

/// The environment variables that the service reads.
struct KnownVariables {
    private static let prefix = "ROPEWALK_"

    /// Without their prefix, in lower case.
    private let names: [String]

    /// One for each flag of a command: an option's property `_maxQueue` is `ROPEWALK_MAX_QUEUE`.
    init(of command: Serve) {
        names = Mirror(reflecting: command).children.compactMap(\.label).filter { $0.hasPrefix("_") }.map { label in
            label.dropFirst().map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
        }
    }

    /// A line for each variable that looks like one of ours and is none.
    func warnings(for environment: [String: String]) -> [String] {
        environment.filter { $0.key.hasPrefix(Self.prefix) }.sorted { $0.key < $1.key }.compactMap { variable, value in
            let name = variable.dropFirst(Self.prefix.count).lowercased()
            // The kernels read the last one by themselves. A variable in lower case is another one.
            let isKnown = (names.contains(name) || name == "simd") && variable == variable.uppercased()
            guard !isKnown, !Self.isOfKubernetes(variable, value) else { return nil }
            let nearest =
                (names + ["simd"]).nearest(to: name).map { ", perhaps for \(Self.prefix)\($0.uppercased())" } ?? ""
            return "\(variable) is set, and no setting has this variable\(nearest)"
        }
    }

    /// Whether Kubernetes sets such a variable in each container for a Service whose name begins with ours.
    private static func isOfKubernetes(_ variable: String, _ value: String) -> Bool {
        if variable.hasSuffix("_PORT"), value.contains("://") { return true }
        let names = #/.+_SERVICE_(HOST|PORT(_.+)?)|.+_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?/#
        return variable.wholeMatch(of: names) != nil
    }
}
