/// The header field `Server-Timing`, read: names in their order and milliseconds.
package struct ServerTiming {
    package let names: [String]
    private let durations: [Double]

    /// nil where an entry is not `name;dur=1.234`.
    package init?(_ value: String?) {
        guard let value else { return nil }
        let entries = value.split(separator: ", ").map {
            $0.split(separator: ";dur=", omittingEmptySubsequences: false)
        }
        let numbers = entries.compactMap { entry -> Double? in
            guard entry.count == 2, let point = entry[1].firstIndex(of: "."), entry[1][point...].count == 4 else {
                return nil
            }
            return Double(entry[1])
        }
        guard numbers.count == entries.count else { return nil }
        names = entries.map { String($0[0]) }
        durations = numbers
    }

    package subscript(name: String) -> Double? {
        names.firstIndex(of: name).map { durations[$0] }
    }
}
