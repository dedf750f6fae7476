/// How a new connection gets a place where idle ones have them all, and a body bytes where later ones hold them.
extension HTTPServer {
    /// Closes the connection that has been idle longest, so that one that waits gets its place. Where none is idle, the next
    /// answer closes its connection. Nothing happens where one is being closed already.
    func makeRoom() {
        let now = Moment.now
        let records = records()
        guard !records.contains(where: \.isMakingRoom) else { return }
        let idle = records.compactMap { record in record.idleSince.map { (record: record, since: $0) } }
        let longestFirst = idle.sorted { $0.since.isBefore($1.since) }
        let isRetired = longestFirst.contains { $0.record.retireIfIdle(now: now) }
        if isRetired { closedForRoom.add(1, ordering: .relaxed) }
        isPlaceWanted.store(!isRetired, ordering: .relaxed)
    }

    /// Has bodies that began later give way, the latest first, until a reservation has room for a body; of bodies that come together
    /// in too little memory, the first is so served, and they do not all end half way. False where later ones hold too little.
    func makeRoom(for exchange: Exchange, resizing reservation: ByteBudget.Reservation, to total: Int) -> Bool {
        // One that has given way itself needs no room.
        guard exchange.heldByteCount > 0 else { return false }
        let later = records().compactMap(\.exchange).filter {
            exchange.started.isBefore($0.started) && $0.heldByteCount >= Self.leastHeld
        }
        for other in later.sorted(by: { $1.started.isBefore($0.started) }) where other.giveWay() {
            if reservation.resize(to: total) { return true }
        }
        return false
    }

    /// Smaller bodies make no room that is worth refusing them.
    private static let leastHeld = 65_536
}
