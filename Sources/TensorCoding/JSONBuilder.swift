import FoundationEssentials

/// The text of a value under way: members in alphabetical order, each array and object closed by what follows around it.
struct JSONBuilder: ~Copyable {
    /// An array or object that is open.
    private struct Level {
        let isObject: Bool
        let place: Place
        var isEmpty = true
        /// Of an object: where its members begin among those of all that are open.
        let firstMember: Int
        var isSorted = true
    }

    /// By which a container finds its level: how deep it is, and its number among all.
    struct Place: Equatable {
        let depth: Int
        let serial: Int
    }

    var output = JSONOutput()
    private var levels: [Level] = []
    /// Of the objects that are open: each key, and where its member begins.
    private var members: [(key: String, start: Int)] = []
    private var openedCount = 0

    init() {
        // As many as most answers have: growing by one and by two costs as much as writing them.
        members.reserveCapacity(8)
    }

    /// How many arrays and objects are open.
    var depth: Int { levels.count }

    /// Begins a member of the object that is open at a place.
    mutating func beginMember(_ key: String, at place: Place) {
        beginElement(at: place)
        let index = place.depth - 1
        if members.count > levels[index].firstMember, let last = members.last?.key,
            !last.utf8.lexicographicallyPrecedes(key.utf8)
        {
            levels[index].isSorted = false
        }
        members.append((key, output.count))
        output.append(quoting: key)
        output.append(UInt8(ascii: ":"))
    }

    /// Begins an element of the array that is open at a place.
    mutating func beginElement(at place: Place) {
        let depth = place.depth
        precondition(
            levels.count >= depth && levels[depth - 1].place == place,
            "this container is closed: one that is later, or around it, has been written to")
        close(to: depth)
        if !levels[depth - 1].isEmpty { output.append(UInt8(ascii: ",")) }
        levels[depth - 1].isEmpty = false
    }

    /// Answers the place of what is now open.
    mutating func open(isObject: Bool) -> Place {
        output.append(UInt8(ascii: isObject ? "{" : "["))
        openedCount += 1
        let place = Place(depth: levels.count + 1, serial: openedCount)
        levels.append(Level(isObject: isObject, place: place, firstMember: members.count))
        return place
    }

    mutating func close(to depth: Int) {
        while levels.count > depth, let level = levels.popLast() {
            if !level.isSorted { sort(members[level.firstMember...]) }
            members.removeLast(members.count - level.firstMember)
            output.append(UInt8(ascii: level.isObject ? "}" : "]"))
        }
    }

    private mutating func sort(_ members: ArraySlice<(key: String, start: Int)>) {
        guard !output.isOutOfMemory else { return }
        let ends = members.dropFirst().map { $0.start - 1 } + [output.count]
        let sorted = zip(members, ends).sorted { $0.0.key.utf8.lexicographicallyPrecedes($1.0.key.utf8) }
        output.reorder(sorted.map { $0.0.start..<$0.1 })
    }
}
