/// What the service refuses to go past; each is a flag of `ropewalk serve` and stands in `/info`.
package struct Limits: Sendable, Equatable {
    package var maxBodyBytes = 128 << 20
    package var maxBufferedBytes = 512 << 20
    package var maxAnswerElements = 1 << 24
    package var maxMultiplyAdds = 1 << 38
    package var maxQueue = 64
    package var maxCacheBytes = 64 << 20
    package var maxConnections = 512
    package var idleTimeoutSeconds = 65

    /// positions × pairs of one table in `/frequencies`.
    package static let maxTableElements = 1 << 20

    /// Positions of one table of `/frequencies` as text.
    package static let maxTablePositions = 1_024

    package init() {}
}
