"""Turns most generated requests into possible ones.

JSON Schema cannot say that a tensor is rectangular, that its last axis is even, that three tensors and their positions
go together, that a scaling has one factor a pair, or what a config means; nor can a parameter of a query say what goes
beside it. So lengths are made to fit here, one of two keys that exclude each other is dropped, what a type of scaling
needs is added, and numbers that no sum can hold are made smaller. All else stays as it was generated, and one request in
four altogether, so that the rules behind 422 are met as well. Schemathesis holds what is changed against the schema anew,
and calls it valid or invalid by that.
"""

import base64
import copy
import json
import math
import re
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

# Between which a number of a scaling is likely to go with the others.
LENGTHS = {"max_position_embeddings": 4096, "original_max_position_embeddings": 64}
LENGTH_RANGE, NUMBER_RANGE = (2, 1e6), (1e-3, 1e3)

WRITTEN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")

# What each type of scaling needs, and what else it has a use for.
NEEDED = {
    "default": {},
    "linear": {"factor": 2},
    "dynamic": {"factor": 2, "max_position_embeddings": 64},
    "yarn": {"factor": 4, "original_max_position_embeddings": 64},
    "longrope": {"factor": 4, "original_max_position_embeddings": 64, "short_factor": [1], "long_factor": [2, 4]},
    "llama3": {"factor": 8, "original_max_position_embeddings": 64, "low_freq_factor": 1, "high_freq_factor": 4},
    "proportional": {},
    "ntk": {"factor": 2},
    "ntk_alpha": {"alpha": 2},
    "ntk_by_parts": {"factor": 2, "original_max_position_embeddings": 64},
    "allpass": {"rho": 0.5},
}
USED = {
    "yarn": {"attention_factor", "beta_fast", "beta_slow", "mscale", "mscale_all_dim", "truncate"},
    "longrope": {"attention_factor"},
    "proportional": {"factor"},
    "ntk_by_parts": {"alpha", "beta", "attention_factor"},
}
FOR_ALL = {*LENGTHS, "partial_rotary_factor", "mrope_section", "mrope_interleaved"}
FOR_SOME = {key for keys in [*NEEDED.values(), *USED.values()] for key in keys} - FOR_ALL
OTHER_NAMES = {"su": "longrope", "mrope": "default"}
NEED_FOUR = {"dynamic", "ntk", "ntk_alpha"}

# What a config may have for rope_parameters, beside an object of no keys.
IN_CONFIGS = [
    {},
    {"type": "linear", "factor": 2.0},
    {"rope_type": "default", "rope_theta": 1000000.0},
    {"rope_type": "yarn", **NEEDED["yarn"], "mscale": 1.0, "mscale_all_dim": 1.0},
    {"rope_type": "llama3", **NEEDED["llama3"]},
    {"full_attention": {"rope_type": "proportional"}, "sliding_attention": {"rope_type": "default"}},
]


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
    return checksum(value) % 4 == 0


def checksum(value):
    return zlib.crc32(json.dumps(value, sort_keys=True, default=str).encode())


# Requests


def fit_rotation(body):
    x = body["x"]
    *outer, dimension = fit_axes(lengths(x))
    axes = [*outer, fit_rope(dimension, body)]
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
    dimension = fit_rope(query[-1], body) if rotates else query[-1]

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
    # Some phases give numbers as they are written.
    for key in set(query) - {about, "positions", "short_factor", "long_factor", "mrope_section", "mrope_interleaved"}:
        if isinstance(query[key], str) and WRITTEN.fullmatch(query[key]):
            query[key] = json.loads(query[key])
    if "base" in query and "rope_theta" in query:
        del query["base" if about == "rope_theta" else "rope_theta"]
    if about == "partial_rotary_factor":
        query.pop("rotary_dim", None)
    name = fit_type(query, about)
    if name in NEEDED:
        used = FOR_ALL | set(NEEDED[name]) | USED.get(name, set())
        for key in FOR_SOME - used - {about}:
            query.pop(key, None)
    dimension, rotary = query.get("dim"), query.get("rotary_dim", 2)
    if about not in ("dim", "rotary_dim") and is_whole(dimension) and is_whole(rotary):
        least = 4 if name in NEED_FOUR else 2
        if "rotary_dim" in query:
            query["rotary_dim"] = rotary = max(rotary, least)
        # There is to be a factor for each pair.
        dimension = 2 + dimension % LONGEST_AXIS if name == "longrope" else dimension
        query["dim"] = dimension = max(dimension + dimension % 2, rotary, least)
        if name in NEEDED:
            fit_scaling(query, name, dimension, query.get("rotary_dim"), about)
    if name == "yarn":
        fit_base(query, about)
    for key in ("short_factor", "long_factor"):
        if isinstance(query.get(key), list):
            query[key] = ",".join(map(str, query[key]))


# Rotary parameters


def fit_rope(dimension, body):
    """A last axis that can be turned, a rotary_dim within it, and what scales it."""
    if "config" in body:
        body["config"] = fit_config(body["config"], body)
    scaling = body.get("scaling", {})
    name = fit_type(scaling, None) if scaling else body.get("config", {}).get("rope_type")
    least = 4 if name in NEED_FOUR else 2
    if "rotary_dim" in body:
        dimension = max(dimension, least)
        body["rotary_dim"] = min(max(body["rotary_dim"], least), dimension - dimension % 2)
    else:
        dimension = max(dimension + dimension % 2, least)
    if scaling:
        fit_scaling(scaling, name, dimension, body.get("rotary_dim"))
        if "base" in body or "rope_theta" in body:
            scaling.pop("rope_theta", None)
        for keys in (body, scaling):
            if name == "yarn":
                fit_base(keys)
    if "config" in body:
        fit_heads(body["config"], dimension)
    return dimension


def fit_type(scaling, about):
    """The type of a scaling, by one of its names; of the keys of a query that name none, one that has a use for them."""
    if "rope_type" in scaling and "type" in scaling:
        del scaling["rope_type" if about == "type" else "type"]
    given = scaling.get("rope_type", scaling.get("type"))
    users = [name for name in NEEDED if about in NEEDED[name] or about in USED.get(name, set())]
    # A key that the type has no use for is not read, whatever it is.
    if (given is None and (FOR_ALL | FOR_SOME) & set(scaling)) or (about in FOR_SOME and given not in users):
        users = users or list(NEEDED)
        scaling.pop("type", None)
        given = scaling["rope_type"] = users[checksum(scaling) % len(users)]
    if not isinstance(given, str):
        return None
    if given == "dynamic" and "alpha" in scaling:
        return "ntk_alpha"
    return OTHER_NAMES.get(given, given)


def fit_scaling(scaling, name, dimension, rotary, about=None):
    """What the type needs, in numbers that go together, and one factor for each pair that turns."""
    if name == "dynamic" and "original_max_position_embeddings" in scaling:
        scaling.setdefault("max_position_embeddings", scaling["original_max_position_embeddings"])
    for key, value in NEEDED[name].items():
        scaling.setdefault(key, value)
    for key in {*NEEDED[name], *USED.get(name, set()), *LENGTHS} & set(scaling) - {about, "rho"}:
        scaling[key] = sane(scaling[key], *(LENGTH_RANGE if key in LENGTHS else NUMBER_RANGE))
    for low, high in [("low_freq_factor", "high_freq_factor"), ("alpha", "beta")]:
        if is_number(scaling.get(low, 1)) and is_number(scaling.get(high, 32)) and about not in (low, high):
            lower, higher = sorted([scaling.get(low, 1), scaling.get(high, 32)])
            if name in ("llama3", "ntk_by_parts") and (low in scaling or high in scaling):
                scaling[low], scaling[high] = lower, higher
    if "partial_rotary_factor" in scaling and name != "proportional" and about != "partial_rotary_factor":
        fit_share(scaling, dimension)
        if rotary is not None:
            del scaling["partial_rotary_factor"]
    if name == "longrope":
        share = scaling.get("partial_rotary_factor", 1)
        turning = rotary or max(2, int(dimension * (sane(share, 0, 1) if is_number(share) else 1)))
        for key in {"short_factor", "long_factor"} - {about}:
            factors = [sane(factor, *NUMBER_RANGE) or 1 for factor in numbers(scaling[key])]
            scaling[key] = list(islice(cycle(factors), turning // 2))


def numbers(listed):
    """A list as JSON has it, or as a query does; what is no number is 1."""
    given = listed.split(",") if isinstance(listed, str) else listed if isinstance(listed, list) else [1]
    return [float(part) if WRITTEN.fullmatch(str(part)) else 1 for part in given]


def fit_share(keys, dimension):
    """Such a share of a vector as is even."""
    keys["partial_rotary_factor"] = 0.5 if dimension % 8 == 0 else 1


def fit_base(keys, about=None):
    """Its logarithm is not to be 0."""
    for key in {"base", "rope_theta"} & set(keys) - {about}:
        if is_number(keys[key]):
            keys[key] = max(keys[key], 2)


def fit_config(config, body):
    """A config of a known model, whose layers are those asked for."""
    config = {key: value for key, value in config.items() if value is not None}
    if "text_config" in config:
        return {**config, "text_config": fit_config(config["text_config"], body)}
    config["model_type"] = ["llama", "gptj", "qwen2", "deepseek_v3"][checksum(config) % 4]
    if "rope_parameters" in config:
        config.pop("rope_scaling", None)
    for key in ("rope_parameters", "rope_scaling"):
        if key in config:
            config[key] = copy.deepcopy(IN_CONFIGS[checksum(config) % len(IN_CONFIGS)])
            # Two bases are to be one.
            if "rope_theta" in config[key]:
                config.pop("rope_theta", None)
    body["layer_type"] = ["full_attention", "sliding_attention"][checksum(config) % 2]
    for key, value in config.items():
        if key in LENGTHS:
            config[key] = sane(value, *LENGTH_RANGE)
        elif key in ("rope_theta", "rope_local_base_freq"):
            config[key] = sane(value, 2, 1e30)
    return config


def fit_heads(config, dimension):
    """Heads of as many elements as the vectors."""
    config = config.get("text_config", config)
    fitted = {"head_dim": dimension, "hidden_size": 4 * dimension, "num_attention_heads": 4, "rotary_dim": dimension}
    fitted |= {"qk_rope_head_dim": dimension, "qk_nope_head_dim": 8}
    config.update((key, value) for key, value in fitted.items() if key in config)
    # Beside it there is nothing to take it of.
    if "num_attention_heads" in config:
        config["hidden_size"] = 4 * dimension
    if "partial_rotary_factor" in config:
        fit_share(config, dimension)


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


def sane(number, least, most):
    """A number within both, where it is one; 0, which may count as absent, stays."""
    return min(max(abs(number), least), most) if is_number(number) and number else number


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)
