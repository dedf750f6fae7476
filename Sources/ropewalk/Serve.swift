import ArgumentParser
import Dispatch
import FoundationEssentials
import Glibc
import Logging
import MicroHTTP
import RopewalkService

/// `ropewalk serve`: the service, until a signal stops it.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until SIGTERM or SIGINT; SIGHUP reads the file of --models again.",
        discussion: """
            Each flag has an environment variable: --max-queue is ROPEWALK_MAX_QUEUE. A flag goes before a variable, and for the \
            port ROPEWALK_PORT before PORT. GET /info shows what is in force.
            """
    )

    @Option(help: "Address or name to listen on. (default: \(Service.Configuration().host))")
    var host: String?

    @Option(help: "Port; 0 takes any free one. (default: \(Service.Configuration().port))")
    var port: String?

    @Option(
        help:
            "Largest body of a request, in bytes. (default: \(Limits().maxBodyBytes), less where a control group limits memory)"
    )
    var maxBodyBytes: String?

    @Option(
        help:
            "Bodies and answers of all requests together, in bytes. (default: \(Limits().maxBufferedBytes), less where a control group limits memory)"
    )
    var maxBufferedBytes: String?

    @Option(help: "Elements of one answer. (default: \(Limits().maxAnswerElements))")
    var maxAnswerElements: String?

    @Option(help: "Multiply-adds of one attention. (default: \(Limits().maxMultiplyAdds))")
    var maxMultiplyAdds: String?

    @Option(help: "Requests that wait for a compute thread. (default: \(Limits().maxQueue))")
    var maxQueue: String?

    @Option(
        help:
            "Frequency tables, rows of cosines and sines, and kept answers, in bytes. (default: \(Limits().maxCacheBytes), less where a control group limits memory)"
    )
    var maxCacheBytes: String?

    @Option(help: "Open connections. (default: \(Limits().maxConnections))")
    var maxConnections: String?

    @Option(
        help:
            "Seconds that a connection may be idle, or a request's head take. (default: \(Limits().idleTimeoutSeconds))"
    )
    var idleTimeout: String?

    @Option(help: "Threads that compute. (default: the processors that affinity and control groups allow)")
    var computeThreads: String?

    @Option(
        help: "Seconds that requests in flight have after a signal. (default: \(Service.Configuration().drainSeconds))")
    var drainSeconds: String?

    @Option(help: "A file of models, like the models.json of the sources, to know beside those that are known already.")
    var models: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical. (default: info)")
    var logLevel: String?

    func run() throws {
        let configuration = try serviceConfiguration(ProcessInfo.processInfo.environment)
        keepFreedMemory(
            pieceBytes: configuration.limits.keptPieceBytes, largeBytes: configuration.limits.keptLargeBytes)
        let log = LogWriter()
        let logger = try logger(ProcessInfo.processInfo.environment, writingTo: log)
        for warning in KnownVariables(of: self).warnings(for: ProcessInfo.processInfo.environment) {
            logger.warning("\(warning)")
        }
        let service = Service(configuration, logger: logger)
        let shutdown = Shutdown(log: log)
        let modelsFile = setting("models", models, ProcessInfo.processInfo.environment).path.map(ModelsFile.init)
        let reloads = DispatchQueue(label: "ropewalk.reload")
        ServiceSignals.listen { number in
            if number == SIGHUP {
                // On another queue, so that a file that is slow to read delays no SIGTERM.
                reloads.async { Self.reload(modelsFile, service, logger) }
            } else {
                shutdown.signalArrived(number)
            }
        }
        let port: Int
        do {
            port = try service.start()
        } catch let error as SocketError {
            throw Failure(description: error.description, code: error.isUnknownHost ? EX_USAGE : EXIT_FAILURE)
        }
        shutdown.serviceStarted()
        announce("listening on http://\(configuration.host.bracketed):\(port)")
        shutdown.wait()
        logger.info("stopping")
        service.stop()
        log.flush()
    }

    func serviceConfiguration(_ environment: [String: String]) throws -> Service.Configuration {
        func setting(_ flag: String, _ given: String?) -> Setting {
            self.setting(flag, given, environment)
        }
        let anyCount = 0...(1 << 48)
        let container = ControlGroups()
        var configuration = Service.Configuration()
        configuration.host = setting("host", host).string(default: configuration.host)
        configuration.port = try setting("port", port).integer(in: 0...65_535, default: configuration.port)
        configuration.computeThreads = try setting("compute-threads", computeThreads)
            .integer(in: 1...1_024, default: Processors.usable(in: container))
        configuration.limits = Limits(
            memoryLimit: container.memoryLimit, computeThreads: configuration.computeThreads)
        if let path = setting("models", models).path {
            do {
                configuration.models = try ModelsFile(path: path).catalog()
            } catch {
                throw Failure(description: error.description, code: EX_USAGE)
            }
        }
        configuration.drainSeconds = try setting("drain-seconds", drainSeconds).seconds(
            default: configuration.drainSeconds)
        let standard = configuration.limits
        configuration.limits.maxBodyBytes = try setting("max-body-bytes", maxBodyBytes)
            .integer(in: anyCount, default: standard.maxBodyBytes)
        configuration.limits.maxBufferedBytes = try setting("max-buffered-bytes", maxBufferedBytes)
            .integer(in: anyCount, default: standard.maxBufferedBytes)
        configuration.limits.maxAnswerElements = try setting("max-answer-elements", maxAnswerElements)
            .integer(in: anyCount, default: standard.maxAnswerElements)
        configuration.limits.maxMultiplyAdds = try setting("max-multiply-adds", maxMultiplyAdds)
            .integer(in: anyCount, default: standard.maxMultiplyAdds)
        configuration.limits.maxQueue = try setting("max-queue", maxQueue).integer(
            in: 0...65_536, default: standard.maxQueue)
        configuration.limits.maxCacheBytes = try setting("max-cache-bytes", maxCacheBytes)
            .integer(in: anyCount, default: standard.maxCacheBytes)
        configuration.limits.maxConnections = try setting("max-connections", maxConnections)
            .integer(in: 2...65_536, default: standard.maxConnections)
        configuration.limits.idleTimeoutSeconds = try setting("idle-timeout", idleTimeout)
            .integer(in: 1...86_400, default: standard.idleTimeoutSeconds)
        return configuration
    }

    private func setting(_ flag: String, _ given: String?, _ environment: [String: String]) -> Setting {
        Setting(flag: flag, given: given, environment: environment)
    }

    /// Reads the models again. A file that cannot be used leaves the service with the models that it has.
    private static func reload(_ file: ModelsFile?, _ service: Service, _ logger: Logger) {
        guard let file else {
            logger.notice("SIGHUP is ignored: there is no --models file to read again")
            return
        }
        do {
            service.use(try file.catalog())
            logger.notice("read --models \(file.path) again")
        } catch {
            logger.error("\(error); the models stay as they were")
        }
    }

    private func logger(_ environment: [String: String], writingTo writer: LogWriter) throws -> Logger {
        var logger = Logger(label: "ropewalk") { _ in LineLogHandler(writer: writer) }
        logger.logLevel = try Setting(flag: "log-level", given: logLevel, environment: environment).choice(
            default: .info)
        return logger
    }

    /// The one line on stdout.
    private func announce(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
