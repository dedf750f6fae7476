"""Rotary parameters that go together, and the vectors that they turn."""

import copy
from itertools import cycle, islice

from scripts.conformance.scaling import (
    AXES,
    HALVED,
    LENGTH_RANGE,
    LENGTHS,
    NEED_FOUR,
    NEEDED,
    fit_scaling,
    fit_share,
    fit_type,
    numbers,
    turning,
)
from scripts.conformance.tensors import (
    LONGEST_AXIS,
    bounded,
    checksum,
    is_number,
    leaves,
    lengths,
    sane,
    tensor,
)

# Some that are known by name, with how many elements turn. MODEL_OF_LAYERS asks for a type of layer, and positions of
# MODEL_OF_AXES have three axes.
MODEL_OF_LAYERS, MODEL_OF_AXES = "modernbert-base", "qwen3.5-35b-a3b"
MODELS = {
    "stablelm-2-1_6b": 16,
    "phi-2": 32,
    "deepseek-v3": 64,
    "llama-3.2-1b": 64,
    MODEL_OF_LAYERS: 64,
    MODEL_OF_AXES: 64,
}
LAYER_TYPES = ["full_attention", "sliding_attention"]

# What a config may have for rope_parameters, beside an object of no keys.
IN_CONFIGS = [
    {},
    {"type": "linear", "factor": 2.0},
    {"rope_type": "default", "rope_theta": 1000000.0},
    {"rope_type": "yarn", **NEEDED["yarn"], "mscale": 1.0, "mscale_all_dim": 1.0},
    {"rope_type": "llama3", **NEEDED["llama3"]},
    {"full_attention": {"rope_type": "proportional"}, "sliding_attention": {"rope_type": "default"}},
]


def fit_rope(dimension, body):
    """A last axis that can be turned, a rotary_dim within it, and what scales it."""
    if "model" in body:
        dimension = fit_model(body)
    if "config" in body:
        body["config"] = fit_config(body["config"], body)
    scaling = body.get("scaling", {})
    name = fit_type(scaling, None) if scaling else body.get("config", {}).get("rope_type")
    dimension = fit_vector(dimension, body, 4 if name in NEED_FOUR else 2)
    if "rotary_dim" in body and body.get("model") == MODEL_OF_AXES:
        body["rotary_dim"] = dimension
    # By a config of its own less than that may turn.
    if "config" in body and (AXES & set(scaling) or "inv_freq" in body or name == "longrope"):
        if "partial_rotary_factor" not in scaling:
            body.setdefault("rotary_dim", dimension)
    if scaling:
        fit_scaling(scaling, name or "default", dimension, body.get("rotary_dim"))
        if "base" in body or "rope_theta" in body:
            scaling.pop("rope_theta", None)
    for keys in (body, scaling):
        if name == "yarn" or "model" in body:
            fit_base(keys)
    if "inv_freq" in body:
        fit_frequencies(body, turning(scaling, name, dimension, body.get("rotary_dim")))
    if "config" in body:
        fit_heads(body["config"], dimension)
    fit_start(body, dimension)
    return dimension


def fit_vector(dimension, body, least=2):
    """A length of vectors that can be turned, and a rotary_dim within it."""
    if "rotary_dim" in body:
        dimension = max(dimension, least)
        body["rotary_dim"] = min(max(int(body["rotary_dim"]), least), dimension - dimension % 2)
    else:
        dimension = max(dimension + dimension % 2, least)
    fit_start(body, dimension)
    return dimension


def fit_start(keys, dimension):
    """Without a rotary_dim all of a vector turns."""
    if "rotary_start" in keys:
        keys["rotary_start"] %= dimension - keys.get("rotary_dim", dimension) + 1


def axis_count(body):
    """How many axes a position has; 0 where it is but a number."""
    if "scaling" not in body:
        return 3 if body.get("model") == MODEL_OF_AXES else 0
    if "mrope_section" in body["scaling"]:
        return 3
    axes = body["scaling"].get("axes", "")
    return 2 if axes in HALVED else len(set(axes))


def fit_tables(body, length, names):
    """Tables of as many rows as a sequence has at least, and positions, by their names, that are such rows."""
    if "cos" not in body:
        return
    rows = max(min(len(body["cos"]), LONGEST_AXIS), length)
    dimension = body.get("rotary_dim", lengths(body.get("x", body.get("query")))[-1])
    for name in ("cos", "sin"):
        # What is turned back is divided by them.
        given = [bounded(number, 1e3) for number in leaves(body[name])]
        if "inverse" in body:
            given = [sane(number, 1e-3, 1e3) or 1 for number in given]
        body[name] = tensor([rows, dimension // 2], given, body)
    for name in set(names) & set(body):
        body[name] = rows_of(body[name], rows)


def table_length(body):
    return len(body["cos"])


def rows_of(given, count):
    if isinstance(given, list):
        return [rows_of(part, count) for part in given]
    return int(abs(given)) % count


def fit_model(keys):
    """A model of those that are known, and its type of layer; how many elements of it turn."""
    names = list(MODELS)
    keys["model"] = names[checksum(keys) % len(names)]
    if keys["model"] == MODEL_OF_LAYERS:
        keys["layer_type"] = LAYER_TYPES[checksum(keys) % 2]
    return MODELS[keys["model"]]


def fit_frequencies(keys, turning):
    given = [bounded(number, 1e6) for number in numbers(keys["inv_freq"])]
    keys["inv_freq"] = list(islice(cycle(given), turning // 2))


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
    body["layer_type"] = LAYER_TYPES[checksum(config) % 2]
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
