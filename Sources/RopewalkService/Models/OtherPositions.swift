/// Models that do not rotate, and how they know positions instead.
enum OtherPositions {
    /// nil where nothing is known against the name of a model, or a `model_type`, in lower case.
    static func explanation(of name: String) -> String? {
        guard let found = families.first(where: { name == $0.name || isVariant(name, of: $0.name) }) else { return nil }
        return "it does not use RoPE, but \(found.positions)"
    }

    /// Whether a name goes on after that of the family as `bert-base` and `t5-small` do: not `bertram`.
    private static func isVariant(_ name: String, of family: String) -> Bool {
        guard name.hasPrefix(family), let next = name.dropFirst(family.count).utf8.first else { return false }
        return next == UInt8(ascii: "-") || next == UInt8(ascii: "_")
    }

    private static let learned = "learned absolute positions"
    static let alibi = "ALiBi, biases that grow with the distance"
    private static let buckets = "T5's relative biases, learned for buckets of distances"

    /// READ in transformers 5.23.0, or in the papers of the models.
    private static let families: [(name: String, positions: String)] =
        [
            "gpt2", "gpt-2", "openai-gpt", "distilgpt2", "gpt_bigcode", "starcoder", "santacoder", "gpt-neo", "gpt_neo",
            "opt", "galactica", "bert", "roberta", "xlm-roberta", "distilbert", "albert", "electra", "camembert",
            "bart",
            "vit", "clip", "biogpt", "xglm",
        ].map { ($0, learned) }
        + ["bloom", "bloomz", "mpt", "baichuan-13b", "falcon-rw", "jina-embeddings-v2"].map { ($0, alibi) }
        + ["t5", "flan-t5", "mt5", "umt5", "byt5", "longt5", "switch"].map { ($0, buckets) }
        + [
            ("deberta", "relative positions in separate projections"), ("xlnet", "Transformer-XL's relative positions"),
            ("transfo-xl", "Transformer-XL's relative positions"), ("whisper", "sinusoidal and learned positions"),
            ("m2m100", "sinusoidal positions"), ("m2m_100", "sinusoidal positions"), ("marian", "sinusoidal positions"),
            ("swin", "relative biases, learned for each offset in a window"),
            ("mamba", "no positions: it is recurrent"), ("mamba2", "no positions: it is recurrent"),
            ("rwkv", "no positions: it is recurrent"),
        ]
}
