import PositionalEncoding

/// How models pair elements, by the `model_type` of a Hugging Face config, or of the `text_config` in it.
///
/// Read in the modelling files of transformers 5.23.0; of those marked so, in the models' own repositories.
enum ModelLayouts {
    /// The layout of a model's query and key projections; nil for a model that is not known.
    static func layout(of modelType: String) -> PairLayout? {
        interleaved.contains(modelType) ? .interleaved : half.contains(modelType) ? .half : nil
    }

    /// In which layout a model's code writes rotated elements, where not as it reads them.
    static func outputLayout(of modelType: String) -> PairLayout? {
        writtenInHalves.contains(modelType) ? .half : nil
    }

    /// Whether each token of a model sees those before it alone; false for a model that is not known.
    static func isCausal(_ modelType: String) -> Bool {
        layout(of: modelType) != nil && !seesAhead.contains(modelType)
    }

    /// Encoders, models with an encoder and a decoder, and one of which it is not known.
    private static let seesAhead: Set<String> = [
        "cohere_compass_text", "esm", "eurobert", "gte", "modernbert", "moonshine", "nomic_bert", "roformer", "t5gemma",
    ]

    private static let writtenInHalves: Set<String> = [
        "axk1", "axk2", "bailing_hybrid", "deepseek_v3", "deepseek_v32", "dots3_note_text", "glm4_moe_lite",
        "glm_moe_dsa", "longcat_flash", "mistral4", "mistral_large4_text", "youtu",
        // moonshotai/Kimi-K2-Instruct, which runs DeepSeek-V3's code
        "kimi_k2",
    ]

    private static let interleaved: Set<String> = [
        "axk1", "axk2", "bailing_hybrid", "blt", "codegen", "cohere", "cohere2", "cohere2_moe", "deepseek_v2",
        "deepseek_v3", "deepseek_v32", "deepseek_v4", "dots3_note_text", "ernie4_5", "ernie4_5_moe",
        "ernie4_5_vl_moe_text", "glm", "glm4", "glm4_moe_lite", "glm4v_text", "glm_moe_dsa", "glm_ocr_text", "gptj",
        "helium", "llama4", "llama4_text", "longcat_flash", "mistral4", "mistral_large4_text", "moonshine", "roformer",
        "youtu",
        // THUDM/chatglm3-6b, moonshotai/Kimi-K2-Instruct
        "chatglm", "kimi_k2",
    ]

    private static let half: Set<String> = [
        "afmoe", "apertus", "arcee", "aria_text", "bamba", "bitnet", "chameleon", "clvp_decoder", "cohere_compass_text",
        "csm", "cwm", "dbrx", "diffllama", "doge", "dots1", "emu3_text_model", "esm", "eurobert", "exaone4",
        "exaone_moe", "falcon", "falcon_h1", "flex_olmo", "gemma", "gemma2", "gemma3_text", "gemma3n_text",
        "gemma4_text", "glm4_moe", "glm4v_moe_text", "gpt_neox", "gpt_neox_japanese", "gpt_oss", "granite",
        "granitemoe", "granitemoehybrid", "granitemoeshared", "gte", "hunyuan_v1_dense", "hunyuan_v1_moe", "hy_v3",
        "hy_v4", "hyperclovax", "idefics", "jais2", "jetmoe", "lfm2", "lfm2_moe", "llama", "mimi",
        "mimo_v2_flash", "minicpm3", "minimax", "minimax_m2", "ministral", "ministral3", "mistral", "mixtral",
        "mllama_text_model", "modernbert", "modernbert-decoder", "molmo2_text", "moshi", "nanochat", "nemotron",
        "nomic_bert", "olmo", "olmo2", "olmo3", "olmo_hybrid", "olmoe", "persimmon", "phi", "phi3", "phi4_multimodal",
        "phimoe", "qwen2", "qwen2_5_omni_text", "qwen2_5_vl_text", "qwen2_moe", "qwen2_vl_text", "qwen3",
        "qwen3_5_moe_text",
        "qwen3_5_text", "qwen3_moe", "qwen3_next", "qwen3_omni_moe_text", "qwen3_vl_moe_text", "qwen3_vl_text",
        "recurrent_gemma", "seed_oss", "smollm3", "solar_open", "stablelm", "starcoder2", "t5gemma", "vaultgemma",
        "zamba2", "zaya",
        // Configs of these have their text parameters at the top.
        "gemma3", "qwen2_5_vl", "qwen2_vl", "qwen3_vl",
        // internlm/internlm2-7b and internlm3-8b-instruct, Qwen/Qwen-7B
        "internlm2", "internlm3", "qwen",
    ]
}
