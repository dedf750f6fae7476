"""A query for a ladder, whose keys go together."""

import json

from scripts.conformance.rotary import MODEL_OF_AXES, MODEL_OF_LAYERS, fit_base, fit_frequencies, fit_model, fit_start
from scripts.conformance.scaling import (
    FOR_ALL,
    FOR_SOME,
    NEED_FOUR,
    NEEDED,
    USED,
    WRITTEN,
    fit_scaling,
    fit_type,
    turning,
)
from scripts.conformance.tensors import LONGEST_AXIS, checksum, is_whole


def fit_query(query, about):
    # Some phases give numbers as they are written.
    for key in set(query) - {about, "positions", "short_factor", "long_factor", "mrope_section", "inv_freq"}:
        if isinstance(query[key], str) and WRITTEN.fullmatch(query[key]):
            query[key] = json.loads(query[key])
    drop_rivals(query, about)
    fit_named(query, about)
    if about == "partial_rotary_factor":
        query.pop("rotary_dim", None)
    name = fit_type(query, about)
    if name in NEEDED:
        used = FOR_ALL | set(NEEDED[name]) | USED.get(name, set())
        for key in FOR_SOME - used - {about}:
            query.pop(key, None)
    fit_dimension(query, name, about)
    if name == "yarn" or "model" in query:
        fit_base(query, about)
    for key in ("short_factor", "long_factor", "mrope_section", "inv_freq"):
        if isinstance(query.get(key), list):
            query[key] = ",".join(map(str, query[key]))


def drop_rivals(query, about):
    """Of keys that exclude each other, all but one."""
    if "inv_freq" in query and about != "inv_freq":
        # One key of many is not to hide what the others do.
        if about in FOR_SOME | {"base", "rope_theta", "rope_type", "type"} or checksum(query) % 3:
            del query["inv_freq"]
    if "inv_freq" in query:
        for key in ("base", "rope_theta", "type"):
            query.pop(key, None)
        query["rope_type"] = "default"
    if "base" in query and "rope_theta" in query:
        del query["base" if about == "rope_theta" else "rope_theta"]
    if "axes" in query and "mrope_section" in query:
        del query["mrope_section" if about == "axes" or about != "mrope_section" and checksum(query) % 2 else "axes"]


def fit_named(query, about):
    if about == "layer_type":
        query["model"] = MODEL_OF_LAYERS
    if about == "dim":
        query.pop("model", None)
    if "model" not in query:
        query.pop("layer_type", None)
        if about != "dim":
            query.setdefault("dim", 8)
    elif about not in ("model", "layer_type"):
        dimension = fit_model(query)
        if "dim" in query or about == "partial_rotary_factor":
            query["dim"] = dimension
        if query["model"] == MODEL_OF_AXES and about != "rotary_dim":
            query.pop("rotary_dim", None)


def fit_dimension(query, name, about):
    dimension, rotary = query.get("dim"), query.get("rotary_dim", 2)
    if about in ("dim", "rotary_dim") or not is_whole(dimension) or not is_whole(rotary):
        return
    least = 4 if name in NEED_FOUR else 2
    if "rotary_dim" in query:
        query["rotary_dim"] = rotary = max(rotary, least)
    if "model" not in query:
        # There is to be a number for each pair.
        if name == "longrope" or {"inv_freq", "axes", "mrope_section"} & set(query):
            dimension = 2 + dimension % LONGEST_AXIS
            if "rotary_dim" in query:
                query["rotary_dim"] = rotary = least + rotary % LONGEST_AXIS // 2 * 2
        dimension = max(dimension + dimension % 2, rotary, least)
    elif "rotary_dim" in query:
        query["rotary_dim"] = min(rotary, dimension)
    query["dim"] = dimension
    scaled = name if name in NEEDED else "default"
    fit_scaling(query, scaled, dimension, query.get("rotary_dim"), about)
    if "inv_freq" in query and about != "inv_freq":
        fit_frequencies(query, turning(query, scaled, dimension, query.get("rotary_dim")))
    if about != "rotary_start" and is_whole(query.get("rotary_start", 0)):
        fit_start(query, dimension)
