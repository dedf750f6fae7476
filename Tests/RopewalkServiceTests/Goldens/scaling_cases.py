"""Scalings by Hugging Face transformers, as requests to POST /rope/apply: ladders, attention factors, rotated tensors.

Inverse frequencies and rotated tensors are wholly Hugging Face's, in float32. `truth` holds the inverse frequencies of the
definition, by mpmath at 50 digits, each rounded once to float64; types that Hugging Face does not have are there alone.
"""

import json

import torch
from mpmath import atan, ceil, floor, log, mp, mpf, pi, tan
from transformers.models.hunyuan_v1_dense import modeling_hunyuan_v1_dense
from transformers.models.hunyuan_v1_dense.configuration_hunyuan_v1_dense import HunYuanDenseV1Config
from transformers.models.llama import modeling_llama
from transformers.models.llama.configuration_llama import LlamaConfig

from golden_data import FOLDER, TRANSFORMERS, decimals, generator, listed

mp.dps = 50

LLAMA = "transformers.models.llama.modeling_llama.LlamaRotaryEmbedding"
HUNYUAN = "transformers.models.hunyuan_v1_dense.modeling_hunyuan_v1_dense.HunYuanDenseV1RotaryEmbedding"
MPMATH = "mpmath"
FUNCTIONS = {
    LLAMA: f"{TRANSFORMERS}llama/modeling_llama.py",
    HUNYUAN: f"{TRANSFORMERS}hunyuan_v1_dense/modeling_hunyuan_v1_dense.py",
    MPMATH: "https://github.com/mpmath/mpmath/tree/v1.3.0",
}
NOTES = (
    "inv_freq, attention_factor and y are those of the model's RotaryEmbedding class and apply_rotary_pos_emb, in "
    "float32; truth is the definition by mpmath at 50 digits, each rounded once to float64."
)
# Factors of microsoft/Phi-3.5-mini-instruct, Phi-3.5-vision-instruct and Phi-4-mini-instruct, from their config.json.
PHI = json.loads((FOLDER / "phi_longrope_factors.json").read_text())

NEAR, FAR = [0, 1, 100, 4095], [0, 1, 4095, 131071]


def powers(dim, base):
    return [mpf(base) ** (mpf(2 * pair) / dim) for pair in range(dim // 2)]


def plain(dim, base):
    return [1 / power for power in powers(dim, base)]


def original(keys):
    return mpf(keys.get("original_max_position_embeddings", keys.get("max_position_embeddings", 0)))


def linear(dim, base, keys, length):
    return [frequency / mpf(keys["factor"]) for frequency in plain(dim, base)]


def raised(dim, base, factor):
    return plain(dim, mpf(base) * factor ** (mpf(dim) / (dim - 2)))


def dynamic(dim, base, keys, length):
    first = mpf(keys.get("max_position_embeddings", keys.get("original_max_position_embeddings")))
    factor = mpf(keys["factor"])
    return raised(dim, base, factor * max(mpf(length), first) / first - (factor - 1))


def yarn(dim, base, keys, length):
    def index(turns):
        return dim * log(original(keys) / (mpf(turns) * 2 * pi)) / (2 * log(mpf(base)))

    low, high = index(keys.get("beta_fast", 32)), index(keys.get("beta_slow", 1))
    if keys.get("truncate", True):
        low, high = floor(low), ceil(high)
    low, high = max(low, mpf(0)), min(high, mpf(dim - 1))
    high += mpf(0.001) if low == high else 0
    ramp = [min(max((pair - low) / (high - low), mpf(0)), mpf(1)) for pair in range(dim // 2)]
    factor = mpf(keys["factor"]) if "factor" in keys else mpf(keys["max_position_embeddings"]) / original(keys)
    return [part * f / factor + (1 - part) * f for part, f in zip(ramp, plain(dim, base), strict=True)]


def longrope(dim, base, keys, length):
    factors = keys["long_factor" if length > original(keys) else "short_factor"]
    return [1 / (mpf(factor) * power) for factor, power in zip(factors, powers(dim, base), strict=True)]


def by_parts(dim, base, factor, first, low, high):
    def kept(turns):
        return mpf(turns >= low) if low == high else min(max((turns - low) / (high - low), mpf(0)), mpf(1))

    parts = [(kept(first * f / (2 * pi)), f) for f in plain(dim, base)]
    return [(1 - part) * f / factor + part * f for part, f in parts]


def llama3(dim, base, keys, length):
    low, high = mpf(keys["low_freq_factor"]), mpf(keys["high_freq_factor"])
    return by_parts(dim, base, mpf(keys["factor"]), original(keys), low, high)


def ntk_by_parts(dim, base, keys, length):
    alpha, beta = mpf(keys.get("alpha", 1)), mpf(keys.get("beta", 32))
    return by_parts(dim, base, mpf(keys["factor"]), original(keys), alpha, beta)


def proportional(dim, base, keys, length):
    turning = int(keys.get("partial_rotary_factor", 1.0) * dim // 2)
    factor = mpf(keys.get("factor", 1))
    return [f / factor if pair < turning else mpf(0) for pair, f in enumerate(plain(dim, base))]


def ntk(dim, base, keys, length):
    return raised(dim, base, mpf(keys["factor"]))


def ntk_alpha(dim, base, keys, length):
    return raised(dim, base, mpf(keys["alpha"]))


def allpass(dim, base, keys, length):
    slope = (1 - mpf(keys["rho"])) / (1 + mpf(keys["rho"]))
    return [2 * atan(slope * tan(f / 2)) for f in plain(dim, base)]


DEFINITIONS = {
    "linear": linear, "dynamic": dynamic, "yarn": yarn, "longrope": longrope, "llama3": llama3, "ntk": ntk,
    "proportional": proportional, "ntk_alpha": ntk_alpha, "ntk_by_parts": ntk_by_parts, "allpass": allpass,
}
OWN = {"ntk", "ntk_by_parts", "allpass"}


def hugging_face(dim, base, keys, x, positions):
    """Inverse frequencies, attention factor and the rotated tensor of a fresh model."""
    heads = {"hidden_size": 4 * dim, "num_attention_heads": 4, "head_dim": dim}
    length = keys.get("max_position_embeddings", keys.get("original_max_position_embeddings", 131072))
    rope = {key: value for key, value in keys.items() if key != "max_position_embeddings"} | {"rope_theta": base}
    if keys["rope_type"] == "ntk_alpha":
        rope |= {"rope_type": "dynamic", "factor": 1.0}
        config = HunYuanDenseV1Config(**heads, rope_parameters=rope, max_position_embeddings=length)
        module = modeling_hunyuan_v1_dense.HunYuanDenseV1RotaryEmbedding(config)
    else:
        # With factor None Hugging Face takes the ratio of the lengths.
        if keys["rope_type"] in ["yarn", "longrope"]:
            rope = {"factor": None} | rope
        config = LlamaConfig(**heads, rope_parameters=rope, max_position_embeddings=length)
        module = modeling_llama.LlamaRotaryEmbedding(config)
    cosines, sines = module(torch.zeros(1, dtype=torch.float32), torch.tensor([positions]))
    y, _ = modeling_llama.apply_rotary_pos_emb(torch.tensor(x), torch.tensor(x), cosines, sines)
    return module.inv_freq.numpy(), float(module.attention_scaling), y.numpy()


def case(name, dim, base, keys, positions=FAR):
    x = decimals(generator(name), [1, 1, len(positions), dim], dtype="float32")
    truth = DEFINITIONS[keys["rope_type"]](dim, base, keys, max(positions) + 1)
    expected = {"truth": [float(frequency) for frequency in truth]}
    function = MPMATH
    if keys["rope_type"] not in OWN:
        function = HUNYUAN if keys["rope_type"] == "ntk_alpha" else LLAMA
        frequencies, factor, y = hugging_face(dim, base, keys, x, positions)
        expected |= {"inv_freq": listed(frequencies), "attention_factor": factor, "y": listed(y)}
        for ours, theirs in zip(truth, frequencies, strict=True):
            assert abs(ours - mpf(float(theirs))) <= 3e-6 * ours, (name, ours, theirs)
    request = {"x": listed(x), "positions": positions, "base": base, "layout": "half", "scaling": keys}
    return {"name": name, "function": function, "route": "/rope/apply", "request": request, "expected": expected}


def phi(model):
    config = PHI[model]
    keys = {"rope_type": "longrope"} | {
        key: config["rope_scaling"][key] for key in ["short_factor", "long_factor"]
    }
    lengths = ["original_max_position_embeddings", "max_position_embeddings"]
    return keys | {key: config[key] for key in lengths}


def cases():
    result = []

    def add(type_, sets):
        for number, (dim, base, keys, *positions) in enumerate(sets, 1):
            keys = {"rope_type": type_} | keys
            result.append(case(f"{type_} {number}: dim {dim}, base {base}", dim, base, keys, *positions))

    add("linear", [
        (64, 10000, {"factor": 1}), (64, 10000, {"factor": 4}), (128, 10000, {"factor": 2.5}),
        (128, 500000, {"factor": 8}), (8, 1000000, {"factor": 1.5}), (2, 10000, {"factor": 3}),
        (256, 1000000, {"factor": 0.5}), (32, 150000, {"factor": 1}), (48, 100000000, {"factor": 1}),
        (96, 150000, {"factor": 1}), (128, 775245.97, {"factor": 1}),
    ])
    add("dynamic", [
        (64, 10000, {"factor": 2, "max_position_embeddings": 2048}),
        (128, 10000, {"factor": 10, "max_position_embeddings": 2048}),
        (128, 10000, {"factor": 4, "max_position_embeddings": 4096}, NEAR),
        (128, 500000, {"factor": 8, "max_position_embeddings": 8192}),
        (8, 10000, {"factor": 1.5, "max_position_embeddings": 2048}),
        (4, 10000, {"factor": 2, "max_position_embeddings": 65536}),
        (256, 1000000, {"factor": 1, "max_position_embeddings": 32768}),
        (192, 500, {"factor": 2.922, "max_position_embeddings": 1000}, [0, 1, 999, 1000]),
        (192, 30438.21, {"factor": 16.651, "max_position_embeddings": 2048}),
    ])
    yarns = {"original_max_position_embeddings": 4096}
    add("yarn", [
        (128, 10000, {"factor": 4} | yarns), (64, 10000, {"factor": 40, "mscale": 1.0, "mscale_all_dim": 1.0} | yarns),
        (64, 10000, {"factor": 40, "mscale": 0.707, "mscale_all_dim": 0.707, "beta_fast": 32, "beta_slow": 1} | yarns),
        (64, 50000, {"factor": 32, "beta_fast": 1, "beta_slow": 1, "mscale": 1.0, "mscale_all_dim": 1.0} | yarns),
        (64, 150000, {"factor": 32, "truncate": False} | yarns),
        (128, 1000000, {"factor": 4, "original_max_position_embeddings": 32768}),
        (128, 1000000, {"factor": 16, "original_max_position_embeddings": 16384, "attention_factor": 0.75}),
        (64, 10000, {"factor": 40, "mscale": 0.707} | yarns),
        (128, 10000, {"max_position_embeddings": 65536} | yarns),
        (8, 10000, {"factor": 1} | yarns), (256, 1000000, {"factor": 8, "mscale": 2.0, "mscale_all_dim": 0.5} | yarns),
    ])
    ones = {"short_factor": [1.0] * 4, "long_factor": [1.0, 2.0, 4.0, 8.5]}
    add("longrope", [
        (96, 10000, phi("phi-3_5")), (96, 10000, phi("phi-3_5"), NEAR), (96, 10000, phi("phi-4")),
        (96, 10000, phi("phi-4"), NEAR), (96, 10000, phi("phi-3_5") | {"attention_factor": 1.5}),
        (8, 10000, ones | {"factor": 8, "original_max_position_embeddings": 4096}),
        (8, 500000, ones | {"factor": 1, "original_max_position_embeddings": 131072}),
        (8, 500000, ones | {"factor": 4, "original_max_position_embeddings": 131071}),
    ])
    meta = {"low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8192}
    add("llama3", [
        (128, 500000, {"factor": 8} | meta), (64, 500000, {"factor": 32} | meta), (128, 500000, {"factor": 32} | meta),
        (128, 500000, {"factor": 16} | meta | {"high_freq_factor": 1}), (64, 10000, {"factor": 2.5} | meta),
        (8, 500000, {"factor": 8} | meta), (256, 1000000, {"factor": 1} | meta),
        (128, 10000, {"factor": 4} | meta | {"low_freq_factor": 0.5, "high_freq_factor": 32}),
    ])
    add("proportional", [
        (256, 1000000, {"partial_rotary_factor": 0.25}), (512, 1000000, {"partial_rotary_factor": 0.25}),
        (64, 10000, {"partial_rotary_factor": 1.0}), (64, 10000, {"partial_rotary_factor": 0.5, "factor": 8}),
        (128, 10000, {"partial_rotary_factor": 0.3}), (66, 100000000, {"partial_rotary_factor": 0.25}),
        (8, 10000, {"factor": 2}),
    ])
    add("ntk_alpha", [
        (128, 10000, {"alpha": 1000.0}), (128, 10000, {"alpha": 1.0}), (64, 500000, {"alpha": 2.5}),
        (64, 10000, {"alpha": 50.0}), (256, 10000, {"alpha": 8.0}), (8, 10000, {"alpha": 4.0}),
    ])
    add("ntk", [
        (128, 10000, {"factor": 4}), (128, 10000, {"factor": 1}), (64, 500000, {"factor": 2.5}),
        (64, 10000, {"factor": 50}), (256, 10000, {"factor": 8}), (4, 10000, {"factor": 0.5}),
    ])
    add("ntk_by_parts", [
        (128, 10000, {"factor": 10} | yarns), (128, 1000000, {"factor": 4, "original_max_position_embeddings": 32768}),
        (64, 10000, {"factor": 40} | yarns), (128, 500000, {"factor": 8, "alpha": 1, "beta": 4} | yarns),
        (128, 500000, {"factor": 16, "alpha": 1, "beta": 1} | yarns), (8, 10000, {"factor": 1} | yarns),
    ])
    add("allpass", [
        (128, 10000, {"rho": 0.5}), (128, 10000, {"rho": -0.5}), (64, 500000, {"rho": 0.99}), (64, 10000, {"rho": 0}),
        (2, 10000, {"rho": -0.99}), (256, 1000000, {"rho": 0.125}),
    ])
    return result
