/// What to do in place of a field that a route does not have, where its name says what is wanted.
enum FieldAdvice {
    /// nil where a name is not one of other tools' that call for more than a name of ours.
    static func advice(on name: String, among known: [String]) -> String? {
        if known.contains("scaling"), ScalingFields.names.contains(name), name != "partial_rotary_factor" {
            return "it is a key of scaling, as in \"scaling\":{\"rope_type\":\"linear\",\"factor\":2}"
        }
        if let advice = rotation(name, among: known) { return advice }
        guard known.contains("return_weights") || known.contains("query_positions") else { return nil }
        if let advice = elsewhere[name] { return advice }
        return attention[name].map { "it is not supported yet; \($0)" }
    }

    /// The same of names that say how to rotate, or are a part of a config.
    private static func rotation(_ name: String, among known: [String]) -> String? {
        let isRotary = known.contains("rotary_dim")
        switch name {
        case "model_type", "hidden_size", "num_attention_heads", "architectures", "max_position_embeddings":
            return known.contains("config")
                ? "it is a part of a model's config; send that whole, as in {\"config\":{…}}" : nil
        case "rope_parameters":
            return known.contains("scaling")
                ? "scaling takes its keys, and config takes a model's config as a whole" : nil
        case "weight_map": return "the index of a checkpoint has no tensors"
        case "is_neox_style", "is_neox", "rotate_half":
            return isRotary && known.contains("layout") ? "layout says it: half for true, interleaved for false" : nil
        case "interleaved", "rotary_interleaved", "traditional":
            return isRotary && known.contains("layout") ? "layout says it: interleaved for true, half for false" : nil
        case "dim", "head_dim":
            return isRotary && !known.contains("dim") ? "it follows from the length of the last axis" : nil
        case "sign", "table", "exponent", "angle_increments", "grid", "sequence_axis", "layer":
            let instead = name == "layer" && known.contains("layer_type") ? "; layer_type chooses a type of layers" : ""
            return isRotary ? "it is not supported yet\(instead)" : nil
        case "positions", "offset", "position_ids":
            return known.contains("by") ? "by says how far rows are moved" : nil
        case "layout", "output_layout":
            return known.contains("from") && known.contains("to") ? "from and to name the layouts" : nil
        case "data", "tensor", "inputs":
            return known.contains("x") && !known.contains(name) ? "the tensor is called x" : nil
        case "scaling", "rope_scaling":
            return known.contains("rope_type") ? "its keys are keys of the query, as in rope_type=linear&factor=2" : nil
        default: return nil
        }
    }

    /// Fields of other tools that an attention here does not need, or has under two names.
    private static let elsewhere = [
        "positions": "query_positions and key_positions are the positions of the rows of both",
        "enable_gqa": "leave it out: query heads may be a multiple of key heads",
        "dropout_p": "leave it out: nothing is dropped", "dropout": "leave it out: nothing is dropped",
        "attention_dropout": "leave it out: nothing is dropped",
    ]

    static let sinks =
        "a first key and value of zeros, with the logit as that key's number in mask, do the same, where key_positions keep the other keys in place and every query sees the first"

    private static let attention: [String: String] = {
        let bias = "mask takes numbers to add to the scaled scores"
        let hiding = "mask takes booleans, true = attend, and hides the other keys"
        let past =
            "key and value take all rows, and key_positions says where they are; query_positions says where queries are"
        var advice: [String: String] = [:]
        for name in ["bias", "attn_bias", "attention_bias", "position_bias", "alibi", "alibi_slopes", "rel_pos_bias"] {
            advice[name] = bias
        }
        for name in [
            "window", "sliding_window", "window_size", "left_window_size", "local_window_size", "chunk_size",
            "attention_chunk_size", "segments", "query_segments", "key_segments", "segment_ids", "cu_seqlens",
            "key_lengths", "seqlens_k", "seqlens", "seq_lens", "kv_lengths", "key_padding_mask",
        ] {
            advice[name] = hiding
        }
        for name in ["past_key", "past_value", "past_key_values", "past_rotated", "k_cache", "v_cache"] {
            advice[name] = past
        }
        for name in ["sinks", "sink", "s_aux", "attention_sinks"] {
            advice[name] = sinks
        }
        for name in ["softcap", "logit_cap", "logits_soft_cap", "attn_logit_softcapping"] {
            advice[name] = "no field does the same"
        }
        advice["temperature"] = "scale multiplies all scores by one number"
        advice["distance"] = "no field does the same"
        advice["return"] = "return_weights answers the weights"
        return advice
    }()
}
