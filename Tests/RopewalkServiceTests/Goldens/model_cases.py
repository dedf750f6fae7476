"""Presets against the models' own code in Hugging Face transformers, as requests to POST /rope/apply with `model`."""

import importlib
import inspect
import json

import torch
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from golden_data import FOLDER, TRANSFORMERS, decimals, generator, listed

MODELS = json.loads((FOLDER.parents[2] / "Sources/RopewalkService/Resources/models.json").read_text())
NOTES = (
    "Cosines and sines are those of the model's RotaryEmbedding class for the preset's config, and y that of the "
    "model's apply_rotary_pos_emb, all in float32. Where part of a head turns, it is cut out and put back here."
)
POSITIONS = [1, 4095]
# Whose rotary embedding takes a type of layer.
TYPED = {"gemma3_text", "modernbert"}
# Of another name than their model_type. Kimi K2 is DeepSeek V3 to transformers (configuration_kimi_k25.py).
CONFIGS = {"kimi_k2": "deepseek_v3", "qwen2_vl": "qwen2_vl_text"}
PACKAGES = {
    "gemma3_text": "gemma3", "kimi_k2": "deepseek_v3", "llama4_text": "llama4", "qwen3_5_moe_text": "qwen3_5_moe",
    "qwen3_vl_text": "qwen3_vl",
}
# Which transformers has not.
WITHOUT = {"chatglm", "internlm2"}


def function(type_):
    return f"transformers.models.{package(type_)}"


def package(type_):
    return PACKAGES.get(type_, type_)


def config(preset, type_):
    keys = {key: value for key, value in preset["config"].items() if key != "model_type"}
    if "head_dim" in keys:
        keys |= {"hidden_size": 2 * keys["head_dim"], "num_attention_heads": 2, "num_key_value_heads": 2}
    if type_ in TYPED:
        keys |= {"layer_types": ["full_attention", "sliding_attention"], "num_hidden_layers": 2}
    if type_ == "falcon":
        # Its config divides the two others, and lets nobody set the quotient.
        del keys["head_dim"]
    return CONFIG_MAPPING[CONFIGS.get(type_, type_)](**keys)


def modeling(name):
    return importlib.import_module(f"transformers.models.{name}.modeling_{name}")


def embedding(module, vision=False):
    """The RotaryEmbedding class of the module's text model, or of its vision encoder."""
    return next(
        value for name, value in vars(module).items()
        if name.endswith("RotaryEmbedding") and inspect.isclass(value) and value.__module__ == module.__name__
        and ("Vision" in name) == vision
    )


def rotated_by_gptj(module, x, rotary_dim):
    """GPT-J has no class: rows of sines and cosines, and heads behind the sequence."""
    rows = module.create_sinusoidal_positions(POSITIONS[-1] + 1, rotary_dim)[POSITIONS]
    sines, cosines = torch.split(rows[None], rotary_dim // 2, dim=-1)
    turned = module.apply_rotary_pos_emb(x[..., :rotary_dim].transpose(1, 2), sines, cosines).transpose(1, 2)
    return torch.cat([turned, x[..., rotary_dim:]], dim=-1)


def rotated(preset, x, layer_type):
    """The whole heads, of which the part that turns has been turned."""
    type_ = preset["config"]["model_type"]
    module = modeling(package(type_))
    made = config(preset, type_)
    if type_ == "gptj":
        return rotated_by_gptj(module, x, made.rotary_dim)
    found = embedding(module)(made)(x, torch.tensor([POSITIONS]), *([layer_type] if layer_type else []))
    if isinstance(found, tuple):
        cosines, sines = found
        apply = getattr(module, "apply_rotary_pos_emb_interleave", None) or module.apply_rotary_pos_emb
        # gpt-oss has each cosine once.
        width = cosines.shape[-1] * (2 if type_ == "gpt_oss" else 1)
    else:
        apply = getattr(module, "apply_rotary_emb", None)
        width = 2 * found.shape[-1]
    start = preset["config"].get("qk_nope_head_dim", 0)
    part = x[..., start : start + width]
    if not isinstance(found, tuple):
        if type_ == "llama4_text":
            turned = apply(part.transpose(1, 2), part.transpose(1, 2), found)[0].transpose(1, 2)
        else:
            turned = apply(part, part, found)[0]
    else:
        turned = apply(part, part, cosines, sines)[0]
    return torch.cat([x[..., :start], turned, x[..., start + width :]], dim=-1)


def cases():
    result = []
    for name, preset in MODELS.items():
        type_ = preset["config"]["model_type"]
        keys = preset["config"]
        if type_ in WITHOUT:
            continue
        dim = keys.get("head_dim") or keys["qk_nope_head_dim"] + keys["qk_rope_head_dim"]
        for layer_type in ["full_attention", "sliding_attention"] if type_ in TYPED else [None]:
            label = f"{name}, {layer_type}" if layer_type else name
            x = decimals(generator(label), [1, 1, 2, dim], dtype="float32")
            y = rotated(preset, torch.tensor(x), layer_type)
            request = {"x": listed(x), "positions": POSITIONS, "model": name, "precision": "float32"}
            request |= {"layer_type": layer_type} if layer_type else {}
            result.append({
                "name": label, "function": function(type_), "route": "/rope/apply", "request": request,
                "expected": {"y": listed(y.numpy())},
            })
    return result


FUNCTIONS = {
    function(preset["config"]["model_type"]): f"{TRANSFORMERS}{package(preset['config']['model_type'])}"
    for preset in MODELS.values()
    if preset["config"]["model_type"] not in WITHOUT
}
