/// A page of metrics in Prometheus' text format, version 0.0.4.
///
/// The values of labels are ours, and hold nothing that had to be escaped.
struct MetricsPage {
    typealias Labels = [(name: String, value: String)]

    private(set) var text = ""

    mutating func gauge(_ name: String, _ help: String, _ value: Double, _ labels: Labels = []) {
        begin(name, "gauge", help)
        sample(name, labels.rendered, value.shortest)
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        gauge(name, help, Double(value))
    }

    mutating func counter(_ name: String, _ help: String, _ value: Double) {
        counter(name, help, [(labels: [], value: value)])
    }

    mutating func counter(_ name: String, _ help: String, _ series: [(labels: Labels, value: Double)]) {
        begin(name, "counter", help)
        for (labels, value) in series { sample(name, labels.rendered, value.shortest) }
    }

    mutating func histogram(_ name: String, _ help: String, _ series: [(labels: Labels, value: Histogram)]) {
        begin(name, "histogram", help)
        let sorted = series.map { (labels: $0.labels.rendered, value: $0.value) }.sorted { $0.labels < $1.labels }
        for (labels, histogram) in sorted {
            let others = labels.isEmpty ? "" : labels + ","
            var total = 0
            for (bound, count) in zip(Histogram.bounds.map(\.shortest) + ["+Inf"], histogram.counts) {
                total += count
                sample(name + "_bucket", others + "le=\"\(bound)\"", String(total))
            }
            sample(name + "_sum", labels, histogram.sum.shortest)
            sample(name + "_count", labels, String(total))
        }
    }

    private mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }
}

extension MetricsPage.Labels {
    fileprivate var rendered: String {
        map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
    }
}
