import MicroHTTP

/// Takes the times of the phases of one answer: each begins where the one before it ends.
struct PhaseClock: Sendable {
    private(set) var phases = PhaseTimes()
    private var began = ContinuousClock.now

    /// Ends the phase that is under way; the time is added where the phase has been before.
    mutating func end(_ phase: PhaseTimes.Phase) {
        let now = ContinuousClock.now
        phases[phase] = (phases[phase] ?? 0) + began.duration(to: now) / .seconds(1)
        began = now
    }

    /// Begins the next phase now: what has passed since the last one, such as a wait for a thread, is in none.
    mutating func restart() {
        began = .now
    }
}
