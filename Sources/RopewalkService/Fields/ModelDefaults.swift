import PositionalEncoding

/// What a model's configuration class has where its config.json is silent, by `model_type`.
///
/// From the classes of transformers 5.23.0; what is not here is 10 000, the whole head, and hidden_size / heads.
enum ModelDefaults {
    static func base(of modelType: String) -> Double { bases[modelType] ?? RotaryParameters.defaultBase }

    /// That of sliding layers, of models that have two; they are not scaled there.
    static func localBase(of modelType: String) -> Double? {
        localBases[modelType]
    }

    static func share(of modelType: String) -> Double? { shares[modelType] }
    static func headDimension(of modelType: String) -> Int? { headDimensions[modelType] }

    /// What the class multiplies scores by, whatever its config says; nil of most.
    static func scale(of modelType: String, head: Int?) -> Double? {
        if ["gemma3n", "gemma4", "embedding_gemma2", "diffusion_gemma"].contains(where: modelType.hasPrefix) {
            return 1
        }
        return modelType == "zamba2" ? head.map { 1 / (Double($0) / 2).squareRoot() } : nil
    }

    /// `query_pre_attn_scalar`.
    static func queryScalar(of modelType: String) -> Double? {
        ["gemma2", "gemma3", "gemma3_text", "t5gemma", "vaultgemma"].contains(modelType) ? 256 : nil
    }

    /// `attn_logit_softcapping`.
    static func softcap(of modelType: String) -> Double? {
        ["gemma2", "t5gemma", "vaultgemma"].contains(modelType) ? 50 : nil
    }

    static func hasSinks(_ modelType: String) -> Bool {
        ["deepseek_v4", "gpt_oss", "granite_swa", "granitemoe_swa", "hy_v4", "mimo_v2_flash"].contains(modelType)
    }

    /// `sliding_window`.
    static func window(of modelType: String) -> Int? { windows[modelType] }

    /// Whether layers with a window and layers without one take turns.
    static func hasMixedLayers(_ modelType: String) -> Bool {
        windows[modelType] != nil && !["ministral", "mistral"].contains(modelType)
    }

    /// Whether the class has a window only where `use_sliding_window` is true.
    static func asksForWindow(_ modelType: String) -> Bool {
        ["qwen2", "qwen3", "smollm3"].contains(where: modelType.hasPrefix)
    }

    /// Whether the class has no window, whatever its config says.
    static func ignoresWindow(_ modelType: String) -> Bool {
        ["llama", "qwen3_5_moe_text", "qwen3_5_text", "qwen3_next"].contains(modelType)
    }

    private static let windows = [
        "afmoe": 1_024, "cohere2": 4_096, "cohere2_moe": 4_096, "cohere_compass_text": 4_096, "cwm": 8_192,
        "deepseek_v4": 128, "exaone4": 4_096, "exaone_moe": 4_096, "gemma2": 4_096, "gemma3": 4_096,
        "gemma3_text": 4_096, "gemma3n": 512, "gemma3n_text": 512, "gemma4": 512, "gemma4_text": 512, "gpt_oss": 128,
        "mimo_v2_flash": 129, "ministral": 4_096, "mistral": 4_096, "olmo3": 4_096, "t5gemma": 4_096,
        "vaultgemma": 4_096,
    ]

    private static let bases: [String: Double] = [
        "apertus": 12_000_000, "bitnet": 500_000, "blt": 500_000, "cohere": 500_000, "csm": 500_000, "cwm": 1_000_000,
        "emu3_text_model": 1_000_000, "ernie4_5": 500_000, "ernie4_5_moe": 500_000, "ernie4_5_vl_moe_text": 500_000,
        "flex_olmo": 500_000, "gemma3": 1_000_000, "gemma3_text": 1_000_000, "gemma3n_text": 1_000_000,
        "gpt_oss": 150_000, "gte": 160_000, "helium": 100_000, "hy_v3": 11_158_840, "lfm2": 1_000_000,
        "lfm2_moe": 1_000_000, "llama4_text": 500_000, "longcat_flash": 10_000_000, "minimax": 1_000_000,
        "minimax_m2": 5_000_000, "mixtral": 1_000_000, "mllama_text_model": 500_000, "modernbert": 160_000,
        "modernbert-decoder": 160_000, "nomic_bert": 1_000, "olmo3": 500_000, "phimoe": 1_000_000,
        "qwen2_5_omni_text": 1_000_000, "qwen2_5_vl": 1_000_000, "qwen2_5_vl_text": 1_000_000, "qwen2_vl": 1_000_000,
        "qwen2_vl_text": 1_000_000, "qwen3_omni_moe_text": 1_000_000, "qwen3_vl_moe_text": 500_000,
        "qwen3_vl": 500_000, "qwen3_vl_text": 500_000, "smollm3": 2_000_000, "solar_open": 1_000_000,
    ]

    private static let localBases: [String: Double] = [
        "gemma3": 10_000, "gemma3_text": 10_000, "gemma3n_text": 10_000, "modernbert": 10_000,
        "modernbert-decoder": 10_000,
    ]

    private static let shares: [String: Double] = [
        "bamba": 0.5, "chatglm": 0.5, "glm": 0.5, "glm4": 0.5, "glm4_moe": 0.5, "glm4v_moe_text": 0.5, "gpt_neox": 0.25,
        "mistral4": 0.5, "moonshine": 0.9, "nemotron": 0.5, "persimmon": 0.5, "phi": 0.5, "qwen3_5_moe_text": 0.25,
        "qwen3_5_text": 0.25, "qwen3_next": 0.25, "recurrent_gemma": 0.5, "stablelm": 0.25,
    ]

    private static let headDimensions: [String: Int] = [
        "ernie4_5": 128, "gemma": 256, "gemma2": 256, "gemma3": 256, "gemma3_text": 256, "gpt_oss": 64, "hy_v3": 128,
        "jetmoe": 128, "minimax_m2": 128, "qwen3": 128, "qwen3_5_moe_text": 256, "qwen3_next": 256, "seed_oss": 128,
        "solar_open": 128, "vaultgemma": 256, "zaya": 128,
    ]
}
