"""Attention from a request as a caller sends it, one score at a time: slow, obvious, with nothing from torch."""

from itertools import product

import numpy as np


def tensor(field, dtype):
    array = np.array(field["data"]).reshape(field["shape"]) if isinstance(field, dict) else np.array(field)
    return array.astype(dtype).astype("float64").reshape((1,) * (4 - array.ndim) + array.shape)


def turn(x, positions, request):
    """Rows of `[batch, heads, sequence, dimension]` turned by complex numbers."""
    rotary = request.get("rotary_dim", x.shape[-1])
    frequencies = request.get("base", 10000) ** (-np.arange(0, rotary, 2) / rotary)
    angles = positions[:, None, :, None] * frequencies / request.get("scaling", {}).get("factor", 1)
    half = request["layout"] == "half"
    first = np.s_[..., : rotary // 2] if half else np.s_[..., 0:rotary:2]
    second = np.s_[..., rotary // 2 : rotary] if half else np.s_[..., 1:rotary:2]
    pairs, result = (x[first] + 1j * x[second]) * np.exp(1j * angles), x.copy()
    result[first], result[second] = pairs.real, pairs.imag
    return result


def attend(request):
    """Output and weights, both of rank 4, and the largest magnitude that a score with a weight is made from."""
    dtype = request.get("dtype", "float32")
    query, key, value = (tensor(request[name], dtype) for name in ["query", "key", "value"])
    (batches, heads, rows, dim), columns = query.shape, key.shape[2]
    turns = request.get("rotate", True)
    mask = np.array(request.get("mask", True))
    mask = np.broadcast_to(mask if mask.dtype == bool else tensor(mask, dtype), (batches, heads, rows, columns))
    key_positions = np.broadcast_to(request.get("key_positions", np.arange(columns)), (batches, columns))
    query_positions = request.get("query_positions", key_positions[:, columns - rows :])
    query_positions = np.broadcast_to(query_positions, (batches, rows)) if request.get("causal") or turns else None
    if turns:
        query, key = turn(query, query_positions, request), turn(key, key_positions, request)
    scale = request.get("scale", dim**-0.5)
    weights, magnitude = np.zeros(mask.shape), 0
    for b, h, i in product(range(batches), range(heads), range(rows)):
        keys = key[b, h // (heads // key.shape[1])]
        scores = keys @ query[b, h, i] * scale
        seen = np.ones(columns, bool)
        if request.get("causal", False):
            seen = key_positions[b] <= query_positions[b, i]
        if mask.dtype == bool:
            seen = seen & mask[b, h, i]
        else:
            scores = scores + mask[b, h, i]
        if seen.any():
            powers = np.exp(np.where(seen, scores - scores[seen].max(), -np.inf))
            weights[b, h, i] = powers / powers.sum()
        size = np.linalg.norm(keys, axis=1) * np.linalg.norm(query[b, h, i]) * abs(scale)
        size += 0 if mask.dtype == bool else np.abs(mask[b, h, i])
        magnitude = max(magnitude, size[weights[b, h, i] > 0].max(initial=0))
    return weights @ value.repeat(heads // value.shape[1], 1), weights, magnitude
