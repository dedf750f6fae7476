"""Turns most generated requests into possible ones.

JSON Schema cannot say that a tensor is rectangular, that its last axis is even, or that three tensors and their positions
go together; nor can a parameter of a query say what goes beside it. So lengths are made to fit here, one of two keys that
exclude each other is dropped, and numbers that no sum can hold are made smaller. All else stays as it was generated, and
one request in four altogether, so that the rules behind 422 are met as well. Schemathesis holds what is changed against
the schema anew, and calls it valid or invalid by that.
"""

import base64
import copy
import json
import math
import struct
import sys
import zlib
from itertools import cycle, islice

import schemathesis

# Of one axis, and of a tensor.
LONGEST_AXIS = 8
MOST_ELEMENTS = 512

# What products of two elements, a scale and their sums may be made of, by dtype.
LARGEST = {"float32": 1e12, "float64": 1e100}


@schemathesis.hook("map_case").apply_to(path="/rope/apply")
def map_rotation(context, case):
    return with_body(case, fit_rotation)


@schemathesis.hook("map_case").apply_to(path="/attention")
def map_attention(context, case):
    return with_body(case, fit_attention)


@schemathesis.hook("map_case").apply_to(path="/frequencies")
def map_frequencies(context, case):
    # What is invalid is to be refused for that, and not for two names of one thing beside it.
    about = getattr(case.meta.phase.data, "parameter", None) if case.meta else None
    if isinstance(case.query, dict) and not is_spared(case.query):
        query = dict(case.query)
        fit_query(query, about)
        case.query = query
    return case


def with_body(case, fit):
    if case.meta and case.meta.generation.mode.is_positive and isinstance(case.body, dict) and not is_spared(case.body):
        body = copy.deepcopy(case.body)
        fit(body)
        case.body = body
    return case


def is_spared(value):
    return zlib.crc32(json.dumps(value, sort_keys=True, default=str).encode()) % 4 == 0


# Requests


def fit_rotation(body):
    x = body["x"]
    *outer, dimension = fit_axes(lengths(x))
    axes = [*outer, fit_dimension(dimension, body)]
    body["x"] = tensor(axes, x, body)
    if "positions" in body and len(axes) == 1:
        body["positions"] = leaves(body["positions"])[0]
    elif "positions" in body:
        body["positions"] = positions(body["positions"], axes[-2], axes[0] if len(axes) > 2 else None)


def fit_attention(body):
    query, key, value = (fit_axes(lengths(body[name])) for name in ("query", "key", "value"))
    rotates = body.get("rotate", True)
    rank = len(query)
    batch = query[0] if rank == 4 else 1
    key_heads = [1, 1, *key][-3]
    query_heads = key_heads * math.ceil([1, 1, *query][-3] / key_heads) if rank > 2 else 1
    key_heads = key_heads if rank > 2 else 1
    query_length, key_length = query[-2], key[-2]
    if "query_positions" not in body and (rotates or body.get("causal", False)):
        query_length = min(query_length, key_length)
    dimension = fit_dimension(query[-1], body) if rotates else query[-1]

    def axes(heads, *last):
        return [*[batch, heads][4 - rank :], *last]

    for name, shape in [
        ("query", axes(query_heads, query_length, dimension)),
        ("key", axes(key_heads, key_length, dimension)),
        ("value", axes(key_heads, key_length, value[-1])),
    ]:
        body[name] = tensor(shape, body[name], body)
    for name, length in [("query_positions", query_length), ("key_positions", key_length)]:
        if name in body:
            body[name] = positions(body[name], length, batch if rank == 4 else None)
    if "mask" in body:
        mask = lengths(body["mask"])[-rank:]
        whole = axes(query_heads, query_length, key_length)[-len(mask) :]
        stretched = [1 if given == 1 else length for given, length in zip(mask, whole)]
        body["mask"] = tensor(stretched, body["mask"], body)
    if "scale" in body:
        body["scale"] = bounded(body["scale"], 1e6)


def fit_query(query, about):
    if "base" in query and "rope_theta" in query:
        del query["base" if about == "rope_theta" else "rope_theta"]
    if "factor" in query and about != "rope_type":
        query["rope_type"] = "linear"
    elif query.get("rope_type") == "linear":
        query["factor"] = 2
    elif "factor" in query and about != "factor":
        del query["factor"]
    dimension, rotary = query.get("dim"), query.get("rotary_dim", 2)
    if about not in ("dim", "rotary_dim") and isinstance(dimension, int) and isinstance(rotary, int):
        query["dim"] = max(dimension + dimension % 2, rotary)


# Tensors


def lengths(value):
    """The announced axes of a tensor in any form: those of the first row of each axis."""
    if isinstance(value, dict):
        return value["shape"]
    axes = []
    while isinstance(value, list):
        axes.append(len(value))
        value = value[0]
    return axes


def fit_axes(axes):
    """Lengths that together are a small tensor; short ones stay as they are."""
    fitted, room = [], MOST_ELEMENTS
    for length in reversed(axes):
        fitted.append(1 + (int(length) - 1) % min(room, LONGEST_AXIS))
        room //= fitted[-1]
    return fitted[::-1]


def fit_dimension(dimension, body):
    """A last axis that can be turned, and a rotary_dim within it."""
    if "rotary_dim" not in body:
        return dimension + dimension % 2
    dimension = max(dimension, 2)
    body["rotary_dim"] = min(body["rotary_dim"], dimension - dimension % 2)
    return dimension


def tensor(axes, source, body):
    """A rectangular tensor in the form of its source and of its numbers, which come round again where they are too few."""
    numbers = (bounded(number, largest(body)) for number in cycle(leaves(source)))
    data = list(islice(numbers, math.prod(axes)))
    if isinstance(source, dict) and "base64" in source:
        letter = "d" if body.get("dtype") == "float64" else "f"
        return {"shape": axes, "base64": base64.b64encode(struct.pack(f"<{len(data)}{letter}", *data)).decode()}
    if isinstance(source, dict):
        return {"shape": axes, "data": data}
    for length in reversed(axes[1:]):
        data = [data[start : start + length] for start in range(0, len(data), length)]
    return data


def positions(given, length, lists):
    """One number a row; where lists are given and there may be some, so many."""
    numbers = cycle(leaves(given))
    if lists is None or not isinstance(given, list) or not isinstance(given[0], list):
        return list(islice(numbers, length))
    return [list(islice(numbers, length)) for _ in range(lists)]


def leaves(value):
    if isinstance(value, dict) and "base64" in value:
        return [byte / 32 - 4 for byte in value["base64"].encode()]
    if isinstance(value, dict):
        return value["data"]
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, list) else [value]


def largest(body):
    return LARGEST[body.get("dtype", "float32")]


def bounded(number, largest):
    if isinstance(number, bool) or abs(number) <= largest:
        return number
    fraction, _ = math.frexp(min(abs(number), sys.float_info.max))
    return math.copysign(fraction * largest, number)
