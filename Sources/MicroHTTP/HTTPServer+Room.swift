/// How a new connection gets a place where idle ones have them all.
extension HTTPServer {
    /// Closes the connection that has been idle longest, so that one that waits gets its place. Where none is idle, the next
    /// answer closes its connection. Nothing happens where one is being closed already.
    func makeRoom() {
        let now = Moment.now
        let records = connections.withLock { Array($0.values) }
        guard !records.contains(where: \.isMakingRoom) else { return }
        let idle = records.compactMap { record in record.idleSince.map { (record: record, since: $0) } }
        let longestFirst = idle.sorted { $0.since.isBefore($1.since) }
        let isRetired = longestFirst.contains { $0.record.retireIfIdle(now: now) }
        if isRetired { closedForRoom.add(1, ordering: .relaxed) }
        isPlaceWanted.store(!isRetired, ordering: .relaxed)
    }
}
