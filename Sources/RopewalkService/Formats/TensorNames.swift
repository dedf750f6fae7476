import TensorCoding

/// What the name of a tensor says that it is for, where no field of a request has the name.
enum TensorNames {
    /// Names that other tools give to positions, in lower case and without `_`.
    private static let otherNames = [
        "pos": "positions", "posid": "positions", "posids": "positions", "posidx": "positions",
        "positionindex": "positions", "positionindices": "positions", "cacheposition": "positions",
        "cachepositions": "positions", "inputpos": "positions", "inputpositions": "positions",
        "tokenpos": "positions", "tokenpositions": "positions", "seqpos": "positions", "rowpositions": "positions",
        "qpos": "query_positions", "qpositions": "query_positions", "qpositionids": "query_positions",
        "querypos": "query_positions",
        "kpos": "key_positions", "kpositions": "key_positions", "kpositionids": "key_positions",
        "keypos": "key_positions", "kvpos": "key_positions", "kvpositions": "key_positions",
        "startpos": "offset",
    ]

    /// Names that are taken for these although letters are missing, too many or others.
    private static let spelledNames = [
        "positions": "positions", "positionids": "positions", "querypositions": "query_positions",
        "querypositionids": "query_positions", "keypositions": "key_positions", "keypositionids": "key_positions",
    ]

    private static let mostEdits = 2
    private static let longest = 32

    /// The field of positions that a name means; nil where it means none.
    static func positions(meantBy name: String) -> String? {
        guard name.utf8.count <= longest, holdsPOS(name) else { return nil }
        let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
        if let other = otherNames[plain] { return other }
        // A slip of the finger leaves most of a name, and shorter ones mean anything.
        guard plain.count > "posids".count else { return nil }
        let near = spelledNames.map { (field: $1, edits: $0.edits(to: plain)) }.min {
            ($0.edits, $0.field) < ($1.edits, $1.field)
        }
        return near.flatMap { $0.edits <= mostEdits ? $0.field : nil }
    }

    /// The key of the query that a name means; nil where it means none, or is that of a mask or of a part of a model.
    static func key(meantBy name: String, among known: [String]) -> String? {
        let name = name.lowercased()
        if known.contains(name) { return name }
        guard name.utf8.count <= longest, !name.contains("."), !isMask(name) else { return nil }
        // A rule of its own is for positions, which more names are like.
        let keys = known.filter { !BinaryFields.positionNames.contains($0) }
        guard let near = keys.nearest(to: name) else { return nil }
        let isLong = name.utf8.count > "bias".utf8.count
        return isLong || keys.isOtherName(name) || near.edits(to: name) == 1 ? near : nil
    }

    /// Whether "pos" is anywhere in a name: a quick look that rules out most.
    private static func holdsPOS(_ name: String) -> Bool {
        var seen = 0
        for byte in name.utf8 {
            let letter = byte | 0x20
            switch (seen, letter) {
            case (1, UInt8(ascii: "o")): seen = 2
            case (2, UInt8(ascii: "s")): return true
            default: seen = letter == UInt8(ascii: "p") ? 1 : 0
            }
        }
        return false
    }

    /// Whether a name is that of a mask.
    static func isMask(_ name: String) -> Bool {
        let known = ["mask", "attn_mask", "attention_mask", "padding_mask", "key_padding_mask"]
        return known.contains(name.lowercased())
    }
}
