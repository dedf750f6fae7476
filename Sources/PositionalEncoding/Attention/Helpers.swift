/// Threads that help with work while they have nothing else to do.
package protocol Helpers: Sendable {
    /// How many may help at once.
    var helperCount: Int { get }

    /// Has them call `step` until it answers false, while `body` runs. Returns when none is in it any more.
    func help(with step: @escaping @Sendable () -> Bool, while body: () -> Void)
}

/// None: the calling thread does it all.
package struct NoHelpers: Helpers {
    package init() {}

    package var helperCount: Int { 0 }

    package func help(with step: @escaping @Sendable () -> Bool, while body: () -> Void) {
        body()
    }
}
