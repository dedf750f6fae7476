"""Positions on several axes, against the code of vision-language models in Hugging Face transformers, as requests to
POST /rope/apply."""

from dataclasses import dataclass

import torch
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.vision_utils import get_vision_position_ids

from golden_data import TRANSFORMERS, decimals, generator, listed
from model_cases import MODELS, config, embedding, function, modeling, package

NOTES = (
    "All in float32. Cosines and sines are those of the model's RotaryEmbedding class, and y is that of its "
    "apply_rotary_pos_emb, in vision encoders of apply_rotary_pos_emb_vision. Positions are [axes][sequence] or "
    "[axes][batch][sequence], the axes being time, height and width, in vision encoders height and width."
)


@dataclass(frozen=True)
class Text:
    """A text model: what transformers calls it, what its checkpoints have, and the same in `scaling`."""

    package: str
    dim: int
    base: float
    sections: list[int]
    layout: str = "half"
    rotary_dim: int | None = None
    interleaved: bool = False
    # One letter a pair, where mrope_section says something else than blocks of t, h and w.
    letters: str | None = None

    def config(self, rope):
        rope = {"rope_type": "default", "rope_theta": self.base, "mrope_section": self.sections} | rope
        if self.rotary_dim:
            rope |= {"partial_rotary_factor": self.rotary_dim / self.dim}
        heads = {"hidden_size": 2 * self.dim, "num_attention_heads": 2, "num_key_value_heads": 2}
        return CONFIG_MAPPING[f"{self.package}_text"](
            **heads, head_dim=self.dim, rope_parameters=rope, max_position_embeddings=2**18
        )

    def fields(self, rope, letters):
        scaling = {"rope_type": "default"} | rope
        scaling |= {"axes": letters} if letters else {"mrope_section": self.sections}
        scaling |= {"mrope_interleaved": True} if self.interleaved and not letters else {}
        fields = {"base": self.base, "layout": self.layout, "scaling": scaling}
        return fields | ({"rotary_dim": self.rotary_dim} if self.rotary_dim else {})


TEXTS = [
    Text("qwen2_vl", 128, 1000000, [16, 24, 24]),
    Text("qwen2_5_vl", 128, 1000000, [16, 24, 24]),
    Text("qwen3_vl", 128, 5000000, [24, 20, 20], interleaved=True),
    Text("qwen3_5", 256, 10000000, [11, 11, 10], rotary_dim=64, interleaved=True),
    Text("glm4v", 128, 10000, [8, 12, 12], layout="interleaved", rotary_dim=64),
    # Here mrope_section is of h, w and t, and those of h and w alternate.
    Text("ernie4_5_vl_moe", 128, 500000, [22, 22, 20], layout="interleaved", letters="HW" * 22 + "T" * 20),
]
# The same code in narrow heads.
NARROW = [
    Text("qwen2_vl", 16, 10000, [2, 3, 3]),
    Text("qwen2_5_vl", 12, 1000, [1, 3, 2]),
    Text("qwen3_vl", 16, 10000, [4, 2, 2], interleaved=True),
    Text("qwen3_5", 20, 500, [2, 2, 1], rotary_dim=10, interleaved=True),
    Text("glm4v", 16, 10000, [1, 1, 2], layout="interleaved", rotary_dim=8),
    Text("ernie4_5_vl_moe", 16, 10000, [3, 3, 2], layout="interleaved", letters="HWHWHWTT"),
]
PRESETS = ["qwen2-vl-7b", "qwen3-vl-8b-instruct", "qwen3.5-35b-a3b"]


@dataclass(frozen=True)
class Vision:
    """A vision encoder, and its form in `axes`."""

    package: str
    dim: int
    form: str = "qwen_vision"
    base: float = 10000

    @property
    def config_name(self):
        return self.package if self.package == "pixtral" else f"{self.package}_vision"

    def config(self):
        rope = {"rope_type": "axial", "rope_theta": self.base}
        # Qwen2-VL divides by its 16 heads.
        width = {"embed_dim": 16 * self.dim} if self.package == "qwen2_vl" else {"head_dim": self.dim}
        return CONFIG_MAPPING[self.config_name](**width, rope_parameters=rope)

    def rotated(self, x, places):
        """`x` is `[batch, heads, sequence, dimension]`, `places` `[sequence, 2]`."""
        module = modeling(self.package)
        cosines, sines = embedding(module, vision=True)(self.config())(x, places)
        assert cosines.shape == (len(places), self.dim)
        if self.package == "pixtral":
            return module.apply_rotary_pos_emb(x, x, cosines, sines, unsqueeze_dim=0)[0]
        # Here heads are behind the sequence.
        behind = x.transpose(1, 2)
        return module.apply_rotary_pos_emb_vision(behind, behind, cosines, sines)[0].transpose(1, 2)


VISIONS = [
    Vision("qwen2_vl", 80), Vision("qwen2_5_vl", 80), Vision("qwen3_vl", 72), Vision("glm4v", 128),
    Vision("pixtral", 64, "pixtral"),
]
NARROW_VISIONS = [
    Vision("qwen2_vl", 8, base=100), Vision("qwen3_vl", 24), Vision("ernie4_5_vl_moe", 16),
    Vision("pixtral", 16, "pixtral"), Vision("pixtral", 8, "pixtral", base=100),
]


def image(start, rows, columns, frames=1):
    """Places in time, height and width of an image or a video after text, `[3, tokens]`."""
    grid = torch.meshgrid(*(torch.arange(count) for count in (frames, rows, columns)), indexing="ij")
    return start + torch.stack(grid).reshape(3, -1)


def text(start, count):
    return (start + torch.arange(count)).expand(3, -1)


def prompt(before, rows, columns, after, frames=1, start=0):
    """Text, an image, and text from the largest place on, as get_rope_index counts."""
    parts = [text(start, before), image(start + before, rows, columns, frames)]
    parts.append(text(int(torch.cat(parts, dim=1).max()) + 1, after))
    return torch.cat(parts, dim=1)


IMAGE = prompt(2, 2, 2, 1)
VIDEO = prompt(1, 1, 2, 1, frames=2, start=131060)
PAIR = torch.stack([prompt(1, 1, 3, 1), prompt(2, 2, 1, 1, start=4090)], dim=1)


def text_case(name, package, made, fields, ids, dim, heads=1):
    """`ids` are `[3, sequence]`, `[3, batch, sequence]` or, the same on every axis, `[sequence]`."""
    module = modeling(package)
    batch = ids.shape[1] if ids.dim() == 3 else 1
    x = decimals(generator(name), [batch, heads, ids.shape[-1], dim], dtype="float32")
    given = ids[:, None] if ids.dim() == 2 else ids if ids.dim() == 3 else ids[None]
    cosines, sines = embedding(module)(made)(torch.tensor(x), given)
    y, _ = module.apply_rotary_pos_emb(torch.tensor(x), torch.tensor(x), cosines, sines)
    return case(name, package, x, ids, fields, y)


def vision_case(name, vision, places, heads=1):
    x = decimals(generator(name), [1, heads, len(places), vision.dim], dtype="float32")
    fields = {"base": vision.base, "layout": "half", "scaling": {"rope_type": "default", "axes": vision.form}}
    return case(name, vision.package, x, places.T, fields, vision.rotated(torch.tensor(x), places))


def case(name, package, x, positions, fields, y):
    request = {"x": listed(x), "positions": positions.tolist()} | fields | {"precision": "float32"}
    return {
        "name": name, "function": function(package), "route": "/rope/apply", "request": request,
        "expected": {"y": listed(y.numpy())},
    }


def cases():
    result = []

    def add(form, name, ids, rope=None, letters=None, heads=1):
        rope = rope or {}
        fields = form.fields(rope, letters or form.letters)
        label = f"{form.package}, {form.dim} wide, {name}"
        result.append(text_case(label, form.package, form.config(rope), fields, ids, form.dim, heads))

    for form in TEXTS:
        add(form, "an image in text", IMAGE)
    for form in NARROW:
        add(form, "an image in text", prompt(3, 2, 3, 2), heads=2)
        add(form, "a video far in", VIDEO)
        add(form, "two batches", PAIR, heads=2)
        add(form, "one list for all axes", torch.tensor([0, 1, 4095, 131071]))
    for name in PRESETS:
        keys = MODELS[name]["config"]
        type_ = keys["model_type"]
        for label, ids in [("an image in text", IMAGE), ("two batches", PAIR)]:
            result.append(text_case(
                f"{name}, {label}", package(type_), config(MODELS[name], type_), {"model": name}, ids, keys["head_dim"]
            ))
    blocks, spread = NARROW[0], NARROW[2]
    add(blocks, "in letters", PAIR, letters="TTHHHWWW")
    add(spread, "in letters", PAIR, letters="THWTHWTT")
    yarn = {"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 32768}
    add(blocks, "yarn", VIDEO, rope=yarn)
    add(spread, "yarn", VIDEO, rope=yarn)
    add(NARROW[1], "linear", VIDEO, rope={"rope_type": "linear", "factor": 2.5})

    far = get_vision_position_ids(torch.tensor([[1, 64, 48]]), 2)[::431]
    for vision in VISIONS:
        result.append(vision_case(f"{vision.config_name}, {vision.dim} wide, patches of a large image", vision, far))
    frames = get_vision_position_ids(torch.tensor([[2, 2, 4]]), 2)
    for vision in NARROW_VISIONS:
        label = f"{vision.config_name}, {vision.dim} wide, base {vision.base}, two frames"
        result.append(vision_case(label, vision, frames, heads=2))
    return result


FUNCTIONS = {function(form.package): f"{TRANSFORMERS}{form.package}" for form in [*TEXTS, *VISIONS, *NARROW_VISIONS]}
FUNCTIONS[function("qwen3_5_moe")] = f"{TRANSFORMERS}qwen3_5_moe"
