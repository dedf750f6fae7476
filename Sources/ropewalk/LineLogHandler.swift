import Logging

/// swift-log's events as lines: level and message, and what metadata there is.
struct LineLogHandler: LogHandler {
    let writer: LogWriter
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(writer: LogWriter) {
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var message = event.message.description
        let all = event.metadata.map { metadata.merging($0) { _, new in new } } ?? metadata
        if !all.isEmpty { message += all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined() }
        writer.write(message, level: event.level.rawValue)
    }
}
