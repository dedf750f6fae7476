import PositionalEncoding

/// The attention of one type of a model's layers.
struct LayerAttention: Sendable {
    let attention: ModelAttention
    let layerType: String?
    /// What messages call the model.
    let subject: String

    /// What an answer says of a model's attention. `isCausalGiven` is true where the request says whether it is causal.
    func warnings(of answer: Attention, isCausalGiven: Bool) -> [String] {
        let missing = missing(from: answer)
        guard attention.isCausal, !isCausalGiven, answer.seesKeyAhead({ $1 > $0 }) else { return missing }
        return [
            "the attention of \(subject) is causal, and causal is not given: queries see keys ahead of them; give causal"
        ] + missing
    }

    /// What the model has and an answer lacks. Windows, chunks and the like that would change nothing here are left out.
    private func missing(from answer: Attention) -> [String] {
        var missing: [String] = []
        if attention.hasSinks {
            missing.append(
                "attention sinks, a logit for each query head that joins the softmax and has no value; \(FieldAdvice.sinks)"
            )
        }
        if let softcap = attention.softcap {
            missing.append("a softcap of \(softcap.shortest) on its scores (attn_logit_softcapping)")
        }
        if let reach = attention.reach, isOfType(attention.reachType), answer.seesKeys(outside: reach) {
            missing.append(
                "\(reach.explained)\(layers(attention.reachType)); a mask of booleans can hide the keys outside of it")
        }
        if let temperature = attention.temperature, isOfType(temperature.type),
            let reached = answer.reaches?.max(), reached > temperature.first
        {
            missing.append(
                "a temperature, which scales queries by their position from \(temperature.first.shortest) on (\(temperature.name))\(layers(temperature.type))"
            )
        }
        if let distance = attention.dualChunkDistance, answer.seesKeyBehind({ $0 - $1 > distance }) {
            missing.append(
                "dual chunk attention beyond a distance of \(distance.shortest) (dual_chunk_attention_config)")
        }
        if let count = attention.indexedKeys, answer.shape.keyLength > count {
            missing.append("an indexer that lets a query see \(count) keys (index_topk)")
        }
        return missing.map { "the attention of \(subject) has, and this answer lacks, \($0)" }
    }

    /// Whether the layer may be of a type; nil is every type.
    private func isOfType(_ type: String?) -> Bool { type == nil || layerType == nil || layerType == type }

    private func layers(_ type: String?) -> String { type.map { " in its layers of type \($0)" } ?? "" }
}

extension ModelAttention.Reach {
    fileprivate var explained: String {
        switch self {
        case .window(let count): "a sliding window of \(count.keys)"
        case .bothSides(let count): "a sliding window of \(count.keys) on either side"
        case .chunk(let count): "chunks of \(count.keys)"
        }
    }
}

extension Int {
    fileprivate var keys: String { self == 1 ? "1 key" : "\(self) keys" }
}

extension Attention {
    /// Whether a query sees a key that the reach of a model's layer would hide.
    fileprivate func seesKeys(outside reach: ModelAttention.Reach) -> Bool {
        switch reach {
        case .window(let count):
            seesKeyBehind { $0 - $1 >= Double(count) }
        case .bothSides(let count):
            seesKeyBehind { $0 - $1 > Double(count) } || seesKeyAhead { $1 - $0 > Double(count) }
        case .chunk(let count):
            seesKeyBehind { ($1 / Double(count)).rounded(.down) < ($0 / Double(count)).rounded(.down) }
        }
    }
}
