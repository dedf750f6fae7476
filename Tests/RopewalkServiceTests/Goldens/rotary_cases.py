"""Rotations by Hugging Face transformers, as requests to POST /rope/apply and their answers.

Those of float32 are wholly Hugging Face's: its inverse frequencies, angles, cosines and sines, all in float32. Those of
float64 hand the same public function exact cosines and sines, rounded once, so that pairing and signs are compared
tightly.
"""

import numpy as np
import torch
from mpmath import mp, mpf
from transformers.models.cohere import modeling_cohere
from transformers.models.cohere.configuration_cohere import CohereConfig
from transformers.models.glm import modeling_glm
from transformers.models.glm.configuration_glm import GlmConfig
from transformers.models.gpt_neox import modeling_gpt_neox
from transformers.models.gpt_neox.configuration_gpt_neox import GPTNeoXConfig
from transformers.models.llama import modeling_llama
from transformers.models.llama.configuration_llama import LlamaConfig

from golden_data import TRANSFORMERS, decimals, generator, listed, packed

mp.dps = 50

MODELS = {
    "llama": (modeling_llama, modeling_llama.LlamaRotaryEmbedding, LlamaConfig, "half"),
    "gpt_neox": (modeling_gpt_neox, modeling_gpt_neox.GPTNeoXRotaryEmbedding, GPTNeoXConfig, "half"),
    "cohere": (modeling_cohere, modeling_cohere.CohereRotaryEmbedding, CohereConfig, "interleaved"),
    "glm": (modeling_glm, modeling_glm.GlmRotaryEmbedding, GlmConfig, "interleaved"),
}


def function(model):
    return f"{MODELS[model][0].__name__}.apply_rotary_pos_emb"


FUNCTIONS = {function(model): f"{TRANSFORMERS}{model}/modeling_{model}.py" for model in MODELS}
NOTES = (
    "float32: inverse frequencies, angles, cosines and sines are those of the model's RotaryEmbedding class, in "
    "float32. float64: apply_rotary_pos_emb is given cosines and sines computed by mpmath at 50 digits, rounded once."
)

FAR = [0, 1, 4095, 131071]


def exact_tables(dim, base, positions, factor=1, sign=1):
    """Cosines and sines of position · base^(−2i/dim) / factor, `[…, positions, dim]`, each half alike."""
    frequencies = [mpf(base) ** (-mpf(2 * pair) / dim) / mpf(factor) for pair in range(dim // 2)] * 2
    positions = np.asarray(positions, dtype="float64")
    angles = [[mpf(float(position)) * frequency for frequency in frequencies] for position in positions.reshape(-1)]
    shape = (*positions.shape, dim)
    cosines = np.array([[float(mp.cos(angle)) for angle in row] for row in angles]).reshape(shape)
    sines = np.array([[sign * float(mp.sin(angle)) for angle in row] for row in angles]).reshape(shape)
    return torch.tensor(cosines), torch.tensor(sines)


def own_tables(model, dim, rotary_dim, base, positions, scaling):
    """What the model's own class computes in float32."""
    _, embedding, config, _ = MODELS[model]
    rope = {"rope_type": "default", "rope_theta": float(base)} | (scaling or {})
    if rotary_dim < dim:
        rope["partial_rotary_factor"] = rotary_dim / dim
    heads = {"hidden_size": 4 * dim, "num_attention_heads": 4, "head_dim": dim}
    module = embedding(config(**heads, rope_parameters=rope, max_position_embeddings=2**18))
    assert module.rope_type == rope["rope_type"] and len(module.inv_freq) == rotary_dim // 2
    return module(torch.zeros(1, dtype=torch.float32), torch.tensor(positions))


def apply(model, x, cosines, sines):
    """The function itself: `x` is `[batch, heads, sequence, dimension]`, the tables `[batch, sequence, rotary]`."""
    query, key = MODELS[model][0].apply_rotary_pos_emb(x, x[:, :1], cosines, sines)
    assert torch.equal(query[:, :1], key)
    return query


def turned(x, layout, rotary_dim, cosines, sines):
    """The same by complex numbers, as a check of what is written here."""
    half = rotary_dim // 2
    first, second = (np.s_[..., :half], np.s_[..., half:rotary_dim])
    if layout == "interleaved":
        first, second = (np.s_[..., 0:rotary_dim:2], np.s_[..., 1:rotary_dim:2])
    turn = (cosines + 1j * sines)[:, None, :, :half]
    pairs = (x[first] + 1j * x[second]) * turn
    result = x.astype("float64")
    result[first], result[second] = pairs.real, pairs.imag
    return result


def case(
    name, model, shape, base=10000, positions=None, offset=None, rotary_dim=None, scaling=None, inverse=False,
    dtype="float32", flat=False, x=None,
):
    layout = MODELS[model][3]
    dim = shape[-1]
    rotary = rotary_dim or dim
    if x is None:
        x = decimals(generator(name), shape, dtype=dtype)
    rows = positions if positions is not None else [(offset or 0) + row for row in range(shape[-2])]
    ids = rows if isinstance(rows[0], list) else [rows]
    factor = scaling["factor"] if scaling else 1
    if dtype == "float32":
        cosines, sines = own_tables(model, dim, rotary, base, ids, scaling)
    else:
        cosines, sines = exact_tables(rotary, base, ids, factor, sign=-1 if inverse else 1)
    y = apply(model, torch.tensor(x), cosines, sines).numpy()
    if dtype == "float64":
        check = turned(x, layout, rotary, cosines.numpy(), sines.numpy())
        assert np.abs(check - y).max() <= 4e-16 * np.abs(x).max() * 2, name
    request = {"x": packed(x) if flat else listed(x)}
    request |= {"positions": rows} if positions is not None else {}
    request |= {"offset": offset} if offset is not None else {}
    request |= {"inverse": True} if inverse else {}
    request |= {"dtype": dtype} if dtype != "float32" else {}
    request |= {"base": base} if base != 10000 else {}
    request |= {"rotary_dim": rotary_dim} if rotary_dim else {}
    request |= {"layout": layout}
    request |= {"scaling": scaling} if scaling else {}
    expected = {"y": packed(y) if flat else listed(y)}
    return {
        "name": name, "function": function(model), "route": "/rope/apply", "request": request, "expected": expected
    }


def cases():
    linear = {"rope_type": "linear", "factor": 2.5}
    result = []
    for dtype in ["float32", "float64"]:
        for dim in [2, 8, 64, 128]:
            for base in [10000, 500000]:
                shape = [1, 2, 4, dim] if dim < 128 else [1, 1, 4, dim]
                name = f"{dtype}, half, dim {dim}, base {base}, positions near and far"
                result.append(case(name, "llama", shape, base, positions=FAR, dtype=dtype))

        def add(name, *arguments, **options):
            result.append(case(f"{dtype}, {name}", *arguments, dtype=dtype, **options))

        add("half, positions by default", "llama", [2, 2, 3, 8])
        add("half, offset", "llama", [1, 3, 5, 8], offset=1000)
        add("half, positions for each batch", "llama", [2, 2, 3, 8], positions=[[0, 1, 2], [4095, 7, 7]])
        add("half, negative and fractional positions", "llama", [1, 1, 4, 8], positions=[-1, -131071, 0.5, 2047.75])
        add("half, the flat form", "llama", [2, 1, 2, 8], offset=3, flat=True)
        add("half, linear scaling", "llama", [1, 1, 4, 64], 500000, positions=FAR, scaling=linear)
        add("half, a quarter of 80 elements turns", "gpt_neox", [1, 2, 4, 80], positions=FAR, rotary_dim=20)
        add(
            "half, part of 24 elements turns, linear scaling", "gpt_neox", [1, 2, 3, 24], offset=4095, rotary_dim=6,
            scaling=linear,
        )
        add("interleaved, half of 64 elements turns", "glm", [1, 1, 4, 64], positions=FAR, rotary_dim=32)
        add("interleaved, half of 8 elements turns", "glm", [2, 2, 3, 8], 500000, offset=17, rotary_dim=4)
    add = result.append
    add(case("float32, interleaved, dim 64", "cohere", [1, 1, 4, 64], 8000000, positions=FAR))
    add(case("float32, interleaved, dim 2", "cohere", [2, 1, 3, 2], positions=[131071, 4095, 3]))
    add(case("float64, interleaved, dim 8", "glm", [1, 2, 3, 8], positions=[131071, 4095, 3], dtype="float64"))
    add(case("float64, half, turned back", "llama", [1, 2, 3, 8], offset=4095, inverse=True, dtype="float64"))
    name = "float64, half, magnitudes from 1e-9 to 1e9, all digits"
    random = generator(name)
    x = random.choice([-1, 1], [1, 1, 8, 8]) * 10 ** random.uniform(-9, 9, [1, 1, 8, 8])
    add(case(name, "llama", list(x.shape), offset=1, x=x, dtype="float64"))
    return result
