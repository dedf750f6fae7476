/// Bodies of requests with a tensor `x`, and now and then a `mask` and a `list` of positions, as clients might write them.
///
/// Shapes of rank 1 to 8, elements in all spellings, white space, every form of a tensor: all is JSON, and nearly all a request.
package struct JSONCorpus {
    private var random: SplitMix64
    /// How numbers of the body under way are written.
    private var hasRareNumbers = false

    package init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    package mutating func next() -> String {
        hasRareNumbers = chance(of: 3)
        var members = [["\"x\"", ":"] + tensor()]
        if chance(of: 3) { members.append(["\"list\"", ":"] + nested(axes(rank: 1...2), number)) }
        if chance(of: 3) {
            members.append(["\"mask\"", ":"] + (chance(of: 2) ? nested(axes(rank: 1...4), boolean) : tensor()))
        }
        if chance(of: 2) { members.append(["\"dtype\"", ":", chance(of: 2) ? "\"float64\"" : "\"float32\""]) }
        if chance(of: 4) { members.append(["\"note\"", ":", note()]) }
        members.shuffle(using: &random)
        return spaced(["{"] + Array(members.joined(separator: [","])) + ["}"])
    }

    // MARK: Values

    private mutating func tensor() -> [String] {
        let axes = chance(of: 60) ? [Int.random(in: 300...1_200, using: &random)] : axes(rank: 1...8)
        let count = axes.reduce(1, *)
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1: return object("\"data\"", list(count, number), axes)
        case 2: return object("\"base64\"", [base64(count * (chance(of: 2) ? 4 : 8))], axes)
        case 3 where chance(of: 4): return broken(nested(axes, number))
        default: return nested(axes, number)
        }
    }

    private mutating func object(_ key: String, _ value: [String], _ axes: [Int]) -> [String] {
        // A spelling that is an integer's as well.
        let lengths = axes.map { axis in chance(of: 10) ? "\(axis).0" : chance(of: 20) ? "\(axis)0E-1" : "\(axis)" }
        var members = [
            ["\"shape\"", ":", "["] + lengths.joined(separator: ",").split(",") + ["]"], [key, ":"] + value,
        ]
        members.shuffle(using: &random)
        return ["{"] + members[0] + [","] + members[1] + ["}"]
    }

    private mutating func list(_ count: Int, _ element: (inout Self) -> String) -> [String] {
        nested([count], element)
    }

    private mutating func nested(_ axes: [Int], _ element: (inout Self) -> String) -> [String] {
        guard let axis = axes.first else { return [element(&self)] }
        var tokens = ["["]
        for index in 0..<axis {
            if index > 0 { tokens.append(",") }
            tokens += nested(Array(axes.dropFirst()), element)
        }
        return tokens + ["]"]
    }

    /// With one token that is another.
    private mutating func broken(_ tokens: [String]) -> [String] {
        var tokens = tokens
        let others = [
            "null", "true", "\"a\"", "[]", "[1]", "1", "{}", "[[1]]", "\"1\"", "{\"shape\":[1],\"data\":[1]}",
        ]
        let places = tokens.indices.filter { tokens[$0] != "," && tokens[$0] != "[" && tokens[$0] != "]" }
        if let place = places.randomElement(using: &random) {
            tokens[place] = others.randomElement(using: &random) ?? "null"
        }
        return tokens
    }

    private let number: (inout Self) -> String = { corpus in
        corpus.hasRareNumbers ? NumberSpelling.any(&corpus.random) : NumberSpelling.common(&corpus.random)
    }

    private let boolean: (inout Self) -> String = { corpus in Bool.random(using: &corpus.random) ? "true" : "false" }

    private mutating func base64(_ byteCount: Int) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let count = (byteCount * 8 + 5) / 6
        let text = (0..<count).map { _ in letters.randomElement(using: &random) ?? "A" }
        return "\"\(String(text))\(String(repeating: "=", count: (4 - count % 4) % 4))\""
    }

    private mutating func note() -> String {
        ["\"\"", "\"float64\"", "\"é😀\\n\"", "\"]}\"", "null", "{\"x\":[1]}", "[[],\"[1,2]\"]", "[1,null,0.5]"]
            .randomElement(using: &random) ?? "0"
    }

    // MARK: Shapes and space

    /// Of at most 64 elements.
    private mutating func axes(rank: ClosedRange<Int>) -> [Int] {
        var rest = 64
        return (0..<Int.random(in: rank, using: &random)).map { _ in
            let axis = min(rest, Int.random(in: 1...(chance(of: 3) ? 8 : 3), using: &random))
            rest /= axis
            return axis
        }
    }

    private mutating func spaced(_ tokens: [String]) -> String {
        guard chance(of: 3) else { return tokens.joined() }
        let spaces = ["", "", " ", "\n", "\t", "\r\n", "  ", "\n      "]
        let some = chance(of: 2) ? spaces : ["", "", "", "", "", " "]
        return tokens.reduce("") { $0 + (some.randomElement(using: &random) ?? "") + $1 }
            + (some.randomElement(using: &random) ?? "")
    }

    private mutating func chance(of one: Int) -> Bool {
        Int.random(in: 0..<one, using: &random) == 0
    }
}

extension String {
    fileprivate func split(_ separator: Character) -> [String] {
        var tokens = split(separator: separator).flatMap { [String($0), String(separator)] }
        tokens.removeLast()
        return tokens
    }
}
