/// What to do in place of a field that a route does not have, where its name says what is wanted.
enum FieldAdvice {
    /// nil where a name is not one of other tools' that call for more than a name of ours.
    static func advice(on name: String, among known: [String]) -> String? {
        if known.contains("scaling"), ScalingFields.names.contains(name), name != "partial_rotary_factor" {
            return "it is a key of scaling, as in \"scaling\":{\"rope_type\":\"linear\",\"factor\":2}"
        }
        guard known.contains("return_weights") || known.contains("query_positions") else { return nil }
        return attention[name].map { "it is not supported yet; \($0)" }
    }

    static let sinks = "a first key and value of zeros, with the logit as that key's number in mask, do the same"

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
            "key_lengths", "seqlens_k", "kv_lengths", "key_padding_mask",
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
        for name in ["temperature", "distance"] { advice[name] = "scale multiplies all scores by one number" }
        for name in ["dropout_p", "dropout", "attention_dropout"] {
            advice[name] = "leave it out: nothing is dropped"
        }
        advice["return"] = "return_weights answers the weights"
        advice["enable_gqa"] = "leave it out: query heads may be a multiple of key heads"
        return advice
    }()
}
