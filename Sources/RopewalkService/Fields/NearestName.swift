extension [String] {
    /// What fields of ours are called elsewhere; of several, the one that a route has is meant.
    private static let otherNames = [
        "theta": ["base"], "rope_scaling": ["scaling"], "rope_base": ["base"], "freq_base": ["base"],
        "type": ["rope_type"], "scaling_factor": ["factor"], "scale": ["factor"], "attn_factor": ["attention_factor"],
        "head_dim": ["dim"],
        "past_length": ["offset", "query_positions"], "past_len": ["offset", "query_positions"],
        "past_key_values_length": ["offset", "query_positions"], "past_seen_tokens": ["offset", "query_positions"],
        "cache_length": ["offset", "query_positions"], "cache_len": ["offset", "query_positions"],
        "seqlen_offset": ["offset", "query_positions"], "seqlen_offsets": ["offset", "query_positions"],
        "d": ["dim"],
        "rope_dim": ["rotary_dim"], "partial_rotary_factor": ["rotary_dim"],
        "position_ids": ["positions", "query_positions"], "pos": ["positions", "query_positions"],
        "positions": ["query_positions"], "offset": ["query_positions"], "start_pos": ["offset", "query_positions"],
        "interleaved": ["layout"], "rotary_interleaved": ["layout"], "input": ["x"], "query": ["x"],
        "q": ["query", "x"],
        "k": ["key", "x"], "v": ["value"], "attn_mask": ["mask"], "attention_mask": ["mask"], "is_causal": ["causal"],
        "softmax_scale": ["scale"], "sm_scale": ["scale"], "need_weights": ["return_weights"],
        "output_attentions": ["return_weights"], "torch_dtype": ["dtype"],
    ]

    /// Whether a name is what one of these is called elsewhere.
    func isOtherName(_ name: String) -> Bool { Self.otherNames[name]?.contains(where: contains) == true }

    /// The name that another begins, or the one with the fewest edits to it where these may be a slip of the finger.
    package func nearest(to name: String) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let name = name.lowercased()
        if let other = Self.otherNames[name]?.first(where: contains) { return other }
        if name.count >= 3, let longer = first(where: { $0.hasPrefix(name) }) { return longer }
        let best = map { (name: $0, distance: $0.edits(to: name)) }.min { $0.distance < $1.distance }
        guard let best, best.distance <= 2 || best.distance * 3 <= name.count else { return nil }
        return best.distance < name.count ? best.name : nil
    }
}

extension String {
    /// Levenshtein's distance: insertions, deletions and replacements of single characters.
    func edits(to other: String) -> Int {
        let other = Array(other)
        var distances = Array(0...other.count)
        for (row, character) in enumerated() {
            var diagonal = distances[0]
            distances[0] = row + 1
            for column in other.indices {
                let replaced = diagonal + (character == other[column] ? 0 : 1)
                diagonal = distances[column + 1]
                distances[column + 1] = Swift.min(replaced, diagonal + 1, distances[column] + 1)
            }
        }
        return distances[other.count]
    }
}
