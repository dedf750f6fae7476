import MicroHTTP

/// Takes the times of the phases of one answer: each begins where the one before it ends.
struct PhaseClock: Sendable {
    private(set) var phases = PhaseTimes()
    private var began = Moment.now

    /// Ends the phase that is under way; the time is added where the phase has been before.
    mutating func end(_ phase: PhaseTimes.Phase) {
        let now = Moment.now
        phases[phase] = (phases[phase] ?? 0) + began.distance(to: now)
        began = now
    }

    /// Begins the next phase now: what has passed since the last one, such as a wait for a thread, is in none.
    mutating func restart() {
        began = .now
    }
}
