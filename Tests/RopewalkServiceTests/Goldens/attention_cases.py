"""Attention by torch's scaled_dot_product_attention, as requests to POST /attention and their answers."""

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.attention.bias import causal_lower_right
from torch.nn.functional import scaled_dot_product_attention

import rotary_cases
from golden_data import decimals, generator, listed, packed
from naive_attention import attend

TURNED_BY = ["llama", "gpt_neox", "glm"]
FUNCTION = "torch.nn.functional.scaled_dot_product_attention"
FUNCTIONS = {
    FUNCTION: f"https://github.com/pytorch/pytorch/blob/v{torch.__version__.split('+')[0]}"
    "/aten/src/ATen/native/transformers/attention.cpp"
} | {rotary_cases.function(model): rotary_cases.FUNCTIONS[rotary_cases.function(model)] for model in TURNED_BY}
NOTES = (
    "SDPBackend.MATH on the CPU, one thread, computed in float64; where a request is float32, from its elements "
    "rounded to float32. Weights are an explicit softmax in torch. Where queries and keys turn, apply_rotary_pos_emb "
    "turned them, with cosines and sines computed by mpmath at 50 digits and rounded once. score_magnitude is the "
    "largest scale·‖q‖·‖k‖ + |mask| of a key whose weight is not 0: what rounding errors of scores grow with. Every "
    "case agrees with naive_attention.py."
)


def visible(query_positions, key_positions):
    """`[batch, 1, Tq, Tk]`, or `[Tq, Tk]` for positions that all batches share: true where causal attention sees."""
    query, key = np.array(query_positions), np.array(key_positions)
    seen = key[..., None, :] <= query[..., :, None]
    return torch.tensor(seen[:, None] if seen.ndim == 3 else seen)


def torch_mask(mask, seen):
    """One mask for torch from that of the request and what causal attention sees."""
    if mask is None:
        return seen
    mask = torch.tensor(mask if mask.ndim > 1 else mask[None])
    if seen is None:
        return mask
    return mask & seen if mask.dtype == torch.bool else mask.masked_fill(~seen, -torch.inf)


def explicit_weights(query, key, mask, scale):
    key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3) if query.ndim > 2 else key
    scores = query @ key.transpose(-1, -2) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask
    return torch.softmax(scores, -1).masked_fill((scores == -torch.inf).all(-1, keepdim=True), 0)


def turned(x, positions, model, rotary_dim=None, base=10000, scaling=None):
    tables = rotary_cases.exact_tables(
        rotary_dim or x.shape[-1], base, np.atleast_2d(positions), scaling["factor"] if scaling else 1
    )
    batched = x.reshape((1,) * (4 - x.ndim) + x.shape)
    return rotary_cases.apply(model, batched, *tables).reshape(x.shape)


def case(
    name, query, key, value_dim=None, *, mask=None, scale=None, causal=False, query_positions=None, key_positions=None,
    rope=None, weights=False, dtype="float64", spread=2, flat=False,
):
    """`query` and `key` are shapes, `spread` is of their elements; `rope` is a model of rotary_cases and what the request
    says about its rotation.
    """
    random = generator(name)
    q, k = (decimals(random, shape, spread, dtype) for shape in (query, key))
    v = decimals(random, [*key[:-1], value_dim or key[-1]], 2, dtype)
    request = {"query": packed(q) if flat else listed(q), "key": listed(k), "value": listed(v)}
    request |= {"dtype": dtype} if dtype != "float32" else {}
    request |= {"rotate": False} if rope is None else rope[1] | {"layout": rotary_cases.MODELS[rope[0]][3]}
    request |= {"causal": True} if causal else {}
    for field, given in [("query_positions", query_positions), ("key_positions", key_positions), ("scale", scale)]:
        request |= {field: given} if given is not None else {}
    if mask is not None:
        mask = mask(random) if callable(mask) else np.array(mask)
        mask = mask if mask.dtype == bool else mask.astype(dtype)
        request |= {"mask": listed(mask)}
        mask = mask if mask.dtype == bool else mask.astype("float64")
    request |= {"return_weights": True} if weights else {}

    key_rows = key_positions or list(range(key[-2]))
    last = np.array(key_rows)[..., key[-2] - query[-2] :].tolist()
    query_rows = query_positions or last
    tq, tk, tv = (torch.tensor(part.astype("float64")) for part in (q, k, v))
    if rope is not None:
        tq, tk = turned(tq, query_rows, rope[0], **rope[1]), turned(tk, key_rows, rope[0], **rope[1])
    seen = torch_mask(mask, visible(query_rows, key_rows) if causal else None)
    # Torch's own ways to say causal, where they say what positions say.
    options = {"attn_mask": seen}
    if causal and mask is None and query_positions is None and key_positions is None:
        square = query[-2] == key[-2]
        options = {"is_causal": True} if square else {"attn_mask": causal_lower_right(query[-2], key[-2])}
    if scale is not None:
        options["scale"] = scale
    if len(query) > 2 and query[-3] != key[-3]:
        options["enable_gqa"] = True
    with sdpa_kernel(SDPBackend.MATH):
        output = scaled_dot_product_attention(tq, tk, tv, **options)
    shares = explicit_weights(tq, tk, seen, scale)

    naive_output, naive_weights, magnitude = attend(request)
    limit = max(1e-12, 1e-14 * magnitude)
    for ours, theirs in [(naive_output, output), (naive_weights, shares)]:
        assert np.abs(ours.reshape(theirs.shape) - theirs.numpy()).max() < limit, name
    form = packed if flat else listed
    expected = {"output": form(output.numpy())} | ({"weights": form(shares.numpy())} if weights else {})
    return {
        "name": name, "function": FUNCTION, "route": "/attention", "score_magnitude": float(f"{magnitude * 1.01:.3g}"),
        "request": request, "expected": expected,
    }


def booleans(*shape):
    return lambda random: random.random(shape) < 0.6


def numbers(*shape):
    return lambda random: decimals(random, shape, 3)


def cases():
    padding = [[[[True, True, True, False, False]]], [[[True, True, False, True, True]]]]
    blind_row = [[True, False, True, True], [False] * 4, [False, True, False, False]]
    distant = [[0, -1e9, 0, -1e9, 0.5], [-1e9, 0, 0.25, 0, -1e9], [-1e9, -1e9, -1e9, 0, -1e9]]
    heavy = [[1e4] * 5, [-1e4] * 5, [1e4, -1e4, 1e4 - 1, 9999.5, -1e4]]
    llama = ("llama", {})
    return [
        case("plain, rank 2", [3, 4], [5, 4], weights=True),
        case("plain, rank 3", [2, 3, 4], [2, 5, 4]),
        case("plain, rank 4", [2, 2, 3, 4], [2, 2, 5, 4], weights=True),
        case("one query, one key", [1, 1], [1, 1], weights=True),
        case("more queries than keys", [1, 2, 6, 4], [1, 2, 3, 4]),
        case("64 elements, 40 keys", [2, 64], [40, 64], 8),
        case("odd dimension, value dimension of its own", [2, 3, 5], [2, 4, 5], 3, weights=True),
        case("value dimension greater than the query's", [1, 1, 3, 2], [1, 1, 4, 2], 7),
        case("the flat form", [2, 2, 4], [2, 3, 4], 3, weights=True, flat=True),
        case("scale given", [2, 3, 4], [2, 4, 4], scale=0.37, weights=True),
        case("scale 1", [3, 6], [4, 6], scale=1),
        case("boolean mask [Tq, Tk]", [2, 2, 3, 4], [2, 2, 5, 4], mask=booleans(3, 5), weights=True),
        case("boolean mask [batch, 1, 1, Tk]", [2, 2, 3, 4], [2, 2, 5, 4], mask=padding, weights=True),
        case("boolean mask [heads, Tq, Tk]", [2, 3, 2, 4], [2, 3, 5, 4], mask=booleans(3, 2, 5), weights=True),
        case("boolean mask [heads, 1, Tk] at rank 3", [3, 2, 4], [3, 5, 4], mask=booleans(3, 1, 5)),
        case("boolean mask [1, heads, Tq, 1]", [2, 3, 2, 4], [2, 3, 5, 4], mask=booleans(1, 3, 2, 1), weights=True),
        case("boolean mask [batch, heads, Tq, Tk]", [2, 2, 2, 4], [2, 2, 3, 4], mask=booleans(2, 2, 2, 3)),
        case("boolean mask [Tk]", [2, 2, 3, 4], [2, 2, 5, 4], mask=[True, False, True, True, False], weights=True),
        case("boolean mask, a row sees nothing", [2, 3, 4], [2, 4, 4], mask=blind_row, weights=True),
        case("boolean mask, a batch sees nothing", [2, 1, 2, 4], [2, 1, 3, 4], mask=[[[[True]]], [[[False]]]]),
        case("numeric mask [Tq, Tk]", [2, 3, 4], [2, 5, 4], mask=numbers(3, 5), weights=True),
        case("numeric mask [heads, Tq, Tk]", [2, 2, 3, 4], [2, 2, 5, 4], mask=numbers(2, 3, 5)),
        case("numeric mask [batch, 1, 1, Tk]", [2, 2, 3, 4], [2, 2, 5, 4], mask=numbers(2, 1, 1, 5), weights=True),
        case("numeric mask, −1e9 on some keys", [2, 3, 4], [2, 5, 4], mask=distant, weights=True),
        case("numeric mask, −1e9 on all keys is a number", [2, 3, 4], [2, 4, 4], mask=[[-1e9] * 4] * 3, weights=True),
        case("large scores, ±1e4 in a numeric mask", [2, 3, 4], [2, 5, 4], mask=heavy, weights=True),
        case("two query heads a key head", [1, 4, 3, 4], [1, 2, 5, 4], weights=True),
        case("four query heads a key head", [2, 8, 2, 4], [2, 2, 3, 4]),
        case("one key head", [2, 4, 3, 4], [2, 1, 5, 4], 3, weights=True),
        case("two query heads a key head, rank 3", [4, 3, 4], [2, 5, 4]),
        case("two query heads a key head, boolean mask", [2, 4, 3, 4], [2, 2, 5, 4], mask=booleans(4, 3, 5)),
        case("two query heads a key head, numeric mask", [2, 4, 3, 4], [2, 2, 5, 4], mask=numbers(2, 1, 3, 5)),
        case("causal", [2, 2, 4, 4], [2, 2, 4, 4], causal=True, weights=True),
        case("causal, rank 2", [5, 3], [5, 3], causal=True),
        case("causal, four query heads a key head", [1, 4, 4, 4], [1, 1, 4, 4], causal=True),
        case("causal, the last queries of the keys", [2, 2, 3, 4], [2, 2, 7, 4], causal=True, weights=True),
        case("causal, one query", [1, 4, 1, 8], [1, 2, 9, 8], causal=True, weights=True),
        case("causal, boolean mask", [2, 2, 4, 4], [2, 2, 4, 4], causal=True, mask=booleans(2, 1, 1, 4), weights=True),
        case("causal, numeric mask", [2, 2, 3, 4], [2, 2, 5, 4], causal=True, mask=numbers(2, 3, 5)),
        case(
            "causal, positions in any order, some rows see nothing", [2, 4, 4], [2, 5, 4], causal=True,
            query_positions=[3, -2, 10, 0.5], key_positions=[4, 0, 11, 0.5, -1], weights=True,
        ),
        case(
            "causal, positions for each batch", [2, 2, 2, 4], [2, 1, 4, 4], causal=True,
            query_positions=[[2, 3], [0, 1]], key_positions=[[0, 1, 2, 3], [1, 0, 1, 2]],
        ),
        case("large scores", [2, 3, 4], [2, 5, 4], 3, scale=1, spread=70, weights=True),
        case("large scores, causal, one key head", [1, 2, 4, 5], [1, 1, 4, 5], causal=True, scale=1, spread=60),
        case("turned", [2, 4, 8], [2, 4, 8], rope=llama, weights=True),
        case("turned, causal, the last queries of the keys", [1, 4, 3, 8], [1, 2, 6, 8], causal=True, rope=llama),
        case(
            "turned, causal, positions with an offset", [2, 2, 3, 8], [2, 1, 5, 8], 3, causal=True, rope=llama,
            query_positions=[1003, 1004, 1005], key_positions=[1001, 1002, 1003, 1004, 1005], weights=True,
        ),
        case("turned, the last queries of far keys", [2, 2, 8], [2, 4, 8], rope=llama, key_positions=[7, 9, 94, 4095]),
        case(
            "turned, positions for each batch", [2, 2, 2, 8], [2, 2, 3, 8], rope=("llama", {"base": 500000}),
            query_positions=[[5, 6], [0.5, -3]], key_positions=[[4, 5, 6], [0, 1, 2]], mask=booleans(2, 1, 2, 3),
        ),
        case("turned, a quarter of the elements", [2, 3, 8], [2, 3, 8], rope=("gpt_neox", {"rotary_dim": 2})),
        case("turned, interleaved", [2, 4, 6], [1, 4, 6], causal=True, rope=("glm", {}), weights=True),
        case(
            "turned, linear scaling", [1, 2, 3, 8], [1, 2, 5, 8], causal=True,
            rope=("llama", {"scaling": {"rope_type": "linear", "factor": 2.5}}),
        ),
        case("float32, plain", [2, 2, 3, 4], [2, 2, 5, 4], dtype="float32", weights=True),
        case("float32, 64 elements, 40 keys", [2, 64], [40, 64], 8, dtype="float32"),
        case("float32, odd dimension, scale given", [2, 3, 5], [2, 4, 5], 3, scale=0.37, dtype="float32", weights=True),
        case("float32, a row sees nothing", [2, 3, 4], [2, 4, 4], mask=blind_row, dtype="float32", weights=True),
        case("float32, numeric mask", [2, 3, 4], [2, 5, 4], mask=numbers(2, 3, 5), dtype="float32"),
        case("float32, −1e9 on some keys", [2, 3, 4], [2, 5, 4], mask=distant, dtype="float32", weights=True),
        case("float32, ±1e4 in a numeric mask", [2, 3, 4], [2, 5, 4], mask=heavy, dtype="float32", weights=True),
        case("float32, causal, grouped", [1, 4, 3, 8], [1, 2, 6, 8], causal=True, dtype="float32", weights=True),
        case("float32, large scores", [2, 3, 4], [2, 5, 4], 3, scale=1, spread=70, dtype="float32", weights=True),
        case(
            "float32, turned, causal, grouped", [1, 4, 3, 8], [1, 2, 6, 8], causal=True, rope=llama, dtype="float32",
            query_positions=[1003, 1004, 1005], key_positions=[1000, 1001, 1002, 1003, 1004, 1005],
        ),
    ]
