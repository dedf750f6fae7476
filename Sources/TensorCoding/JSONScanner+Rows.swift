extension JSONScanner {
    /// From so many keys of an object on, comparing each with all others would take too long.
    private static let manyKeys = 16

    /// False where the object that is open has the key already.
    mutating func remember(_ key: String) -> Bool {
        let top = levels.count - 1
        let others = keys[levels[top].firstKey...]
        if others.count < Self.manyKeys {
            for other in others where other.isSame(as: key) { return false }
        } else {
            if levels[top].knownKeys.isEmpty { levels[top].knownKeys = Set(others.map { Array($0.utf8) }) }
            guard levels[top].knownKeys.insert(Array(key.utf8)).inserted else { return false }
        }
        keys.append(key)
        return true
    }

    mutating func endLevel() {
        guard let level = levels.popLast() else { return }
        if level.isObject { keys.removeLast(keys.count - level.firstKey) }
        guard let row = level.row else { return }
        rows[row].content = level.isObject ? .object(count: level.index + 1) : .array(count: level.index + 1)
        rows[row].end = offset
        rows[row].next = rows.count
    }

    /// Answers the row that a value gets; nil where it stands in an array of which no rows are kept.
    @discardableResult
    mutating func append(_ content: JSONTable.Row.Content, from start: Int, array: Int? = nil) -> Int? {
        if otherArray != nil {
            closeLongArray()
            guard otherArray?.isKept == true else { return nil }
        }
        let row = rows.count
        let level = levels.last
        rows.append(
            JSONTable.Row(
                content: content, key: level?.key ?? "", ordinal: level?.index ?? 0, parent: level?.row ?? -1,
                start: start, end: offset, next: row + 1, array: array))
        return row
    }

    /// Drops the rows of what is in the array under way once they are as many as all values beside such arrays may be.
    private mutating func closeLongArray() {
        guard let array = otherArray, array.isKept, rows.count >= Self.maxValues, rows.count > array.row else { return }
        otherArray?.isKept = false
        rows.removeLast(rows.count - array.row - 1)
        for level in levels.indices where level > array.depth { levels[level].row = nil }
    }
}
