import Glibc
import TestSupport

/// A page in Prometheus' text format, read strictly: each metric has its help, its type, and then all of its samples.
struct MetricsText {
    struct Metric {
        let name: String
        let help: String
        let type: String
        var samples: [Sample] = []
    }

    struct Sample {
        /// With the suffix that a histogram's samples have.
        let name: String
        let labels: [String: String]
        let value: Double
    }

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var metrics: [Metric] = []

    init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# HELP ") {
                let words = line.split(separator: " ", maxSplits: 3)
                metrics.append(Metric(name: String(words[2]), help: String(words[3]), type: ""))
            } else if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                guard words.count == 4, let last = metrics.popLast(), last.name == words[2], last.type.isEmpty else {
                    throw Malformed(description: "a type without help before it: \(line)")
                }
                metrics.append(Metric(name: last.name, help: last.help, type: String(words[3])))
            } else {
                let sample = try Sample(line)
                guard let index = metrics.indices.last, metrics[index].owns(sample) else {
                    throw Malformed(description: "a sample without its type before it: \(line)")
                }
                metrics[index].samples.append(sample)
            }
        }
    }

    subscript(name: String) -> Metric? {
        metrics.first { $0.name == name }
    }

    /// The value of the one sample of a name that has all of these labels; nil where it is not one.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = metrics.flatMap(\.samples).filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }
        return found.count == 1 ? found[0].value : nil
    }

    /// How many requests were counted by method, route and status.
    func requests(_ method: String, _ route: String, _ status: String) -> Double? {
        value(
            "http_server_request_duration_seconds_count",
            ["http_request_method": method, "http_route": route, "http_response_status_code": status])
    }
}

extension MetricsText.Metric {
    fileprivate func owns(_ sample: MetricsText.Sample) -> Bool {
        let suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        return suffixes.contains { name + $0 == sample.name }
    }

    /// Of a histogram: the samples that differ in their bound only, in their order.
    var buckets: [[MetricsText.Sample]] {
        var order: [[String: String]] = []
        var found: [[String: String]: [MetricsText.Sample]] = [:]
        for sample in samples where sample.name.hasSuffix("_bucket") {
            let series = sample.labels.filter { $0.key != "le" }
            if found[series] == nil { order.append(series) }
            found[series, default: []].append(sample)
        }
        return order.compactMap { found[$0] }
    }
}

extension MetricsText.Sample {
    fileprivate init(_ line: Substring) throws {
        let words = line.split(separator: " ")
        guard words.count == 2, let value = Double(words[1]) else {
            throw MetricsText.Malformed(description: "no sample: \(line)")
        }
        let parts = words[0].split(separator: "{", maxSplits: 1)
        var labels: [String: String] = [:]
        for pair in parts.count == 2 ? parts[1].dropLast().split(separator: ",") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, sides[1].count >= 2, sides[1].hasPrefix("\""), sides[1].hasSuffix("\""),
                labels.updateValue(String(sides[1].dropFirst().dropLast()), forKey: String(sides[0])) == nil
            else { throw MetricsText.Malformed(description: "no labels: \(line)") }
        }
        self.init(name: String(parts[0]), labels: labels, value: value)
    }
}

extension LiveService {
    func metrics() throws -> MetricsText {
        try MetricsText(get("/metrics").text)
    }

    /// The first page within five seconds of which something holds, or else the last: a request is counted once its answer
    /// has left, and that may be after its client has read it.
    func metrics(once holds: (MetricsText) -> Bool) throws -> MetricsText {
        var page = try metrics()
        for _ in 0..<500 where !holds(page) {
            usleep(10_000)
            page = try metrics()
        }
        return page
    }
}
