"""Turns most generated requests into possible ones.

JSON Schema cannot say that a tensor is rectangular, that its last axis is even, that three tensors and their positions
go together, that a scaling has one factor a pair, which names models have, or what a config means; nor can a parameter
of a query say what goes beside it. So lengths are made to fit here, one of two keys that exclude each other is dropped,
what a type of scaling needs is added, and numbers that no sum can hold are made smaller. All else stays as it was
generated, and one request in four altogether, so that the rules behind 422 are met as well. Schemathesis holds what is
changed against the schema anew, and calls it valid or invalid by that.
"""

import copy
import math

import schemathesis

from scripts.conformance.query import fit_query
from scripts.conformance.rotary import (
    MODELS,
    axis_count,
    fit_rope,
    fit_tables,
    fit_vector,
    table_length,
)
from scripts.conformance.tensors import (
    bounded,
    checksum,
    fit_axes,
    fit_positions,
    lengths,
    of_one_vector,
    tensor,
)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    # Bytes that a schema can generate are no tensors: each would be 422, and so would a query beside JSON. What the formats
    # of bytes are read as is tested by Tests/RopewalkServiceTests, and by make fuzz.
    for item in raw_schema["paths"].values():
        body = item.get("post", {}).get("requestBody")
        if body and "application/json" in body["content"]:
            for part in (body, item["post"]["responses"]["200"]):
                part["content"] = {"application/json": part["content"]["application/json"]}
            item["post"].pop("parameters", None)


@schemathesis.hook("map_case").apply_to(path="/rope/apply")
def map_rotation(context, case):
    return with_body(case, fit_rotation)


@schemathesis.hook("map_case").apply_to(path="/rope/shift")
def map_shift(context, case):
    return with_body(case, fit_shift)


@schemathesis.hook("map_case").apply_to(path="/rope/convert")
def map_conversion(context, case):
    return with_body(case, fit_conversion)


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


@schemathesis.hook("map_case").apply_to(path="/models/{name}")
def map_model(context, case):
    if case.meta and case.meta.generation.mode.is_positive and not is_spared(case.path_parameters):
        case.path_parameters = {"name": list(MODELS)[checksum(case.path_parameters) % len(MODELS)]}
    return case


def with_body(case, fit):
    if case.meta and case.meta.generation.mode.is_positive and isinstance(case.body, dict) and not is_spared(case.body):
        body = copy.deepcopy(case.body)
        fit(body)
        case.body = body
    return case


def is_spared(value):
    return checksum(value) % 4 == 0


def fit_rotation(body):
    axes = fit_rotated(body)
    if "positions" in body and len(axes) == 1:
        body["positions"] = of_one_vector(body["positions"], axis_count(body))
    elif "positions" in body:
        body["positions"] = positions(body["positions"], axes, body)
    length = sequence(axes)
    fit_tables(body, length, ["positions"])
    if "cos" in body and "offset" in body:
        body["offset"] = int(abs(body["offset"])) % (table_length(body) - length + 1)


def fit_shift(body):
    axes = fit_rotated(body)
    if isinstance(body["by"], list):
        body["by"] = positions(body["by"], axes, body)
    fit_tables(body, 1, ["by"])


def fit_rotated(body):
    """The axes of `x`, of which the last turns."""
    x = body["x"]
    *outer, dimension = fit_axes(lengths(x))
    axes = [*outer, fit_rope(dimension, body)]
    body["x"] = tensor(axes, x, body)
    return axes


def positions(given, axes, body):
    return fit_positions(given, sequence(axes), axes[0] if len(axes) > 2 else None, axis_count(body))


def sequence(axes):
    return axes[-2] if len(axes) > 1 else 1


def fit_conversion(body):
    x = body["x"]
    *outer, last = fit_axes(lengths(x))
    if body.get("axis") == "rows":
        body["heads"] = 1 + int(body["heads"]) % 3
        axes = [body["heads"] * fit_vector(outer[-1] if outer else last, body), *([last] if outer else [])]
    else:
        axes = [*outer, fit_vector(last, body)]
    body["x"] = tensor(axes, x, body)


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
            body[name] = fit_positions(body[name], length, batch if rank == 4 else None, axis_count(body))
    fit_tables(body, max(query_length, key_length), ["query_positions", "key_positions"])
    if "mask" in body:
        mask = lengths(body["mask"])[-rank:]
        whole = axes(query_heads, query_length, key_length)[-len(mask) :]
        stretched = [1 if given == 1 else length for given, length in zip(mask, whole)]
        body["mask"] = tensor(stretched, body["mask"], body)
    if "scale" in body:
        body["scale"] = bounded(body["scale"], 1e6)
