"""Scalings with what their type needs, for as many pairs as turn."""

import re
from itertools import cycle, islice

from scripts.conformance.tensors import checksum, is_number, sane

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
AXES = {"mrope_section", "mrope_interleaved", "axes"}
FOR_ALL = {*LENGTHS, *AXES, "partial_rotary_factor"}
FOR_SOME = {key for keys in [*NEEDED.values(), *USED.values()] for key in keys} - FOR_ALL
OTHER_NAMES = {"su": "longrope", "mrope": "default"}
NEED_FOUR = {"dynamic", "ntk", "ntk_alpha"}
# Axes by which half of the pairs turn each.
HALVED = {"qwen_vision", "pixtral"}


def fit_type(scaling, about):
    """The type of a scaling, by one of its names; of the keys of a query that name none, one that has a use for them."""
    if "rope_type" in scaling and "type" in scaling:
        del scaling["rope_type" if about == "type" else "type"]
    given = scaling.get("rope_type", scaling.get("type"))
    users = [name for name in NEEDED if about in NEEDED[name] or about in USED.get(name, set())]
    # A key that the type has no use for is not read, whatever it is.
    if (given is None and (FOR_ALL - AXES | FOR_SOME) & set(scaling)) or (about in FOR_SOME and given not in users):
        users = users or list(NEEDED)
        scaling.pop("type", None)
        given = scaling["rope_type"] = users[checksum(scaling) % len(users)]
    if not isinstance(given, str):
        return None
    if given == "dynamic" and "alpha" in scaling:
        return "ntk_alpha"
    return OTHER_NAMES.get(given, given)


def fit_scaling(scaling, name, dimension, rotary, about=None):
    """What the type needs, in numbers that go together, and what there is to be for each pair that turns."""
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
    fit_pairs(scaling, name, turning(scaling, name, dimension, rotary), about)


def turning(scaling, name, dimension, rotary):
    """How many elements turn."""
    share = scaling.get("partial_rotary_factor", 1)
    if rotary or name == "proportional" or not is_number(share):
        return rotary or dimension
    return max(2, int(dimension * sane(share, 0, 1)))


def fit_pairs(scaling, name, turning, about):
    pairs = turning // 2
    if "mrope_section" in scaling and about != "mrope_section":
        # Pairs that take turns are shared out by threes.
        _, height, width = (int(abs(count)) for count in islice(cycle(numbers(scaling["mrope_section"])), 3))
        height, width = min(height, (pairs + 1) // 3), min(width, pairs // 3)
        scaling["mrope_section"] = [pairs - height - width, height, width]
    if "axes" in scaling and about != "axes":
        if scaling["axes"] in HALVED and (turning % 4 or (name in NEED_FOUR and turning < 8)):
            scaling["axes"] = "HW"
        if scaling["axes"] not in HALVED:
            scaling["axes"] = "".join(islice(cycle(str(scaling["axes"])), pairs))
    if name == "longrope":
        count = pairs // 2 if scaling.get("axes") == "qwen_vision" else pairs
        for key in {"short_factor", "long_factor"} - {about}:
            factors = [sane(factor, *NUMBER_RANGE) or 1 for factor in numbers(scaling[key])]
            scaling[key] = list(islice(cycle(factors), count))


def numbers(listed):
    """A list as JSON has it, or as a query does; what is no number is 1."""
    given = listed.split(",") if isinstance(listed, str) else listed if isinstance(listed, list) else [1]
    return [float(part) if WRITTEN.fullmatch(str(part)) else 1 for part in given]


def fit_share(keys, dimension):
    """Such a share of a vector as is even."""
    keys["partial_rotary_factor"] = 0.5 if dimension % 8 == 0 else 1
