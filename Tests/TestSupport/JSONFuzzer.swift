/// Small JSON documents with a few bytes changed.
package struct JSONFuzzer {
    private var random: SplitMix64
    private let seeds: [[UInt8]]

    /// What documents are made of: all of JSON, and all that a tensor is written in.
    package static let documents = [
        "{\"x\":[[1,0],[0,1]],\"positions\":[0,1.5,-2e3]}", "{\"shape\":[2,2],\"data\":[1,-0,0.5,1e-400]}",
        "{\"a\":{\"b\":[null,true,false,\"\"]},\"c\":\"d\"}", "[\"\\u0041\\n\\ud83d\\ude00é\",\"😀\\\\\"]",
        "[0e5,-0E-5,1E+10,12]",
        " [ 1 , { \"k\" : [ ] } ] ", "{\"ab\":1,\"\\u0061c\":2,\"ac\":3}", "[[[[1]],[[2]]],[]]",
        "{\"m\":[[true,false],[false,true]],\"x\":{\"shape\":[2],\"base64\":\"AACAPwAAAAA=\"}}", "[true,1,[false]]",
        "{\"a\":[[1,2],[3,\"a\"]],\"b\":[[1,2],[3,4e300]],\"c\":[[]]}", "{\"dtype\":\"float64\",\"x\":[1e39,-1e-46]}",
    ].map { Array($0.utf8) }

    /// What the grammar makes much of.
    private static let pieces = [
        "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0041", "\\u0000", "0", "-", "e", "E",
        ".",
        "+", "9", "00", "1e", "e400", "e-400", "true", "null", "nul", " ", "\n", "\0", "\u{1F}", "\u{7F}", "é",
        "\u{FEFF}",
        "\"a\":1,", "\"ab\":", "/", "'",
    ].map { Array($0.utf8) }

    package init(seed: UInt64, documents: [[UInt8]] = Self.documents) {
        random = SplitMix64(seed: seed)
        seeds = documents
    }

    package mutating func next() -> [UInt8] {
        var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 0...2, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.replaceSubrange(place..<end, with: [UInt8.random(in: 0...255, using: &random)])
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default:
                bytes.replaceSubrange(
                    place..<end, with: Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)])
            }
        }
        return bytes
    }
}
