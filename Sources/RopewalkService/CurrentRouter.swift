import Glibc
import Locking
import MicroHTTP

/// The router that serves requests now. It is replaced as a whole when the models are read again.
///
/// Every request asks for it. Each thread has its own copy behind its own lock, so that I/O threads do not wait for each other.
final class CurrentRouter: Sendable {
    private final class Copy: Sendable {
        let router: Locked<Router<EndpointRoute>>

        init(_ router: Router<EndpointRoute>) {
            self.router = Locked(router)
        }
    }

    private let copies: [Copy]

    init(_ router: Router<EndpointRoute>) {
        copies = (0..<8).map { _ in Copy(router) }
    }

    /// The router for the calling thread.
    var value: Router<EndpointRoute> {
        // Stacks of threads begin on different pages. Threads whose pages share a copy are still served correctly.
        let page = UInt(pthread_self()) >> 12
        return copies[Int(page % UInt(copies.count))].router.withLock { $0 }
    }

    /// Serves requests that begin from now on with another router. Requests that have begun keep their routes.
    func replace(with router: Router<EndpointRoute>) {
        for copy in copies { copy.router.withLock { $0 = router } }
    }
}
