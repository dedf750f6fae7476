import Logging
import MicroHTTP
import PositionalEncoding
import Locking

/// The whole service, put together.
package final class Service: Sendable {
    package struct Configuration: Sendable {
        package var host = "127.0.0.1"
        /// 0 takes any free port.
        package var port = 8080
        package var limits = Limits()
        package var computeThreads = 1
        package var drainSeconds = 8.0
        package var models = ModelCatalog.builtIn

        package init() {}
    }

    let configuration: Configuration
    let engine: RotaryEngine
    let answers: AnswerCache
    let budget: ByteBudget
    /// The part of the budget that bodies may hold.
    private let bodies: ByteBudget
    let compute: ComputePool
    let metrics = Metrics()
    /// One part in so many of `--max-cache-bytes` is for finished answers.
    private static let answersShare = 8
    private let server = Locked<HTTPServer?>(nil)
    private let application = Locked<Application?>(nil)
    private let models: Locked<ModelCatalog>
    private let logger: Logger

    package init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        models = Locked(configuration.models)
        let maxCacheBytes = configuration.limits.maxCacheBytes
        answers = AnswerCache(maxBytes: maxCacheBytes / Self.answersShare)
        engine = RotaryEngine(maxCacheBytes: maxCacheBytes - maxCacheBytes / Self.answersShare)
        budget = ByteBudget(limit: configuration.limits.maxBufferedBytes)
        let maxHeldBodyBytes = configuration.limits.maxHeldBodyBytes
        bodies = maxHeldBodyBytes == budget.limit ? budget : ByteBudget(limit: maxHeldBodyBytes, partOf: budget)
        compute = ComputePool(threads: configuration.computeThreads, maxWaiting: configuration.limits.maxQueue)
    }

    /// Accepts connections, and answers the port. Throws `SocketError` where the address cannot be had.
    package func start() throws -> Int {
        let limits = configuration.limits
        let application = application.withLock { current in
            let made = Application(
                router: routes(), metrics: metrics, memory: WorkingMemory(limits, budget), logger: logger)
            current = made
            return made
        }
        let server = HTTPServer(
            configuration: HTTPServer.Configuration(
                host: configuration.host, port: configuration.port, maxBodyBytes: limits.maxBodyBytes,
                maxConnections: limits.maxConnections, idleTimeoutSeconds: limits.idleTimeoutSeconds),
            application: application, compute: compute, budget: bodies)
        let port = try server.start()
        self.server.withLock { $0 = server }
        return port
    }

    /// The models that requests which begin now can name.
    var currentModels: ModelCatalog { models.withLock { $0 } }

    /// Lets requests that begin from now on name the models of another catalog. Requests in flight keep theirs.
    package func use(_ catalog: ModelCatalog) {
        models.withLock { $0 = catalog.replacing($0) }
        application.withLock { $0?.serve(routes()) }
    }

    /// Returns when all connections are closed; see `HTTPServer.stop`.
    package func stop() {
        server.withLock { $0 }?.stop(drainSeconds: configuration.drainSeconds)
    }

    /// False before `start` and from `stop` on.
    package var isReady: Bool {
        server.withLock { $0 }.map { !$0.isDraining } ?? false
    }

    package var statistics: HTTPServer.Statistics? {
        server.withLock { $0 }?.statistics
    }
}
